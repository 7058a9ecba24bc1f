/// Layers one after another; masks travel along.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

template <Real T = float>
class Sequential : public Layer<T> {
 public:
  Sequential() = default;

  explicit Sequential(const std::string& name) : Layer<T>(name), given_name_(name) {}

  /// `Sequential model{GRU{{.units = 32}}, Dense{{.units = 1}}};`
  template <class... L>

  requires(sizeof...(L) > 0 && (std::derived_from<std::remove_cvref_t<L>, Layer<T>> &&
                                ...)) explicit Sequential(L&&... layers) {
    (add(std::forward<L>(layers)), ...);
  }

  /// Appends a layer. @throws StateError once the model is built
  template <class L>

  requires(std::derived_from<std::remove_cvref_t<L>, Layer<T>>) auto& add(L&& layer) {
    static_assert(
        !std::is_lvalue_reference_v<L>,
        "a model takes its layers over: Sequential{std::move(layer), ...}; a second layer "
        "with the same options is layer.clone()");
    check_open();
    return this->add_child(std::forward<L>(layer));
  }

  Layer<T>& add(std::unique_ptr<Layer<T>> layer) {
    check_open();
    return this->add_child(std::move(layer));
  }

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  /// Exact once the model was called with these inputs in this pass. Before, nobody knows the
  /// values inside: a mask that a layer behind the first makes is then made from the model's own
  /// inputs.
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  /// The model's own declaration or its first layer's, such as `Input`.
  [[nodiscard]] const DeclaredInputs& declared() const override;

  [[nodiscard]] std::string type_name() const override { return "Sequential"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

  [[nodiscard]] std::string root_name() const override { return {}; }

 private:
  void check_open() const;

  /// The mask behind the last layer. Valid in the pass with this number only.
  struct LastCall {
    std::uint32_t pass = 0;
    const T* inputs = nullptr;
    const bool* mask = nullptr;
    TensorView<const bool> result = {};
  };

  std::string given_name_;
  LastCall last_call_;
};

template <class L, class... Rest>
Sequential(L, Rest...) -> Sequential<typename L::value_type>;

}  // namespace rondo
