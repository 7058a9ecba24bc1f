/// A model of any wiring: named layers and a function that calls them. For several inputs, branches
/// and ops in between, where `Sequential` does not do.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

template <Real T>
class Model;

/// What the function of a `Model` receives: the inputs of this call, and the layers by name.
template <Real T>
class ModelCall {
 public:
  /// `inputs` of the call for i = 0, then its `extra_inputs`; each [N, ..].
  /// @throws ArgumentError if there are fewer
  [[nodiscard]] const Variable<T>& input(std::size_t i = 0) const;

  [[nodiscard]] std::size_t num_inputs() const { return 1 + options_.extra_inputs.size(); }

  /// Calls a layer. `training` is that of the model's call. A mask follows from the layer or the
  /// input that x comes from, as in Keras, unless `options` has one; what ops make has none.
  /// @throws ArgumentError if no layer has this name
  Variable<T> operator()(std::string_view layer, const Variable<T>& x, CallOptions<T> options = {});

  /// The mask that x has by the layer or the input that it comes from; empty if there is none.
  [[nodiscard]] TensorView<const bool> mask_of(const Variable<T>& x) const;

  [[nodiscard]] bool training() const { return options_.training; }

  [[nodiscard]] Tape<T>& tape() const { return inputs_.tape(); }

 private:
  friend class Model<T>;

  ModelCall(Model<T>& model, const Variable<T>& inputs, const CallOptions<T>& options)
      : model_(model), inputs_(inputs), options_(options) {}

  Model<T>& model_;
  const Variable<T>& inputs_;
  const CallOptions<T>& options_;
};

/// ```
/// Model model{[](auto& m) {
///               const auto history = m("gru", m.input(0));
///               return m("dense", concat({history, m.input(1)}));
///             },
///             GRU{{.units = 16}},
///             Dense{{.units = 1}}};
/// model.build_for({{steps, features}, {static_features}}, /*seed=*/1);
/// ```
/// A layer is called by its name: that of its options, or the one it gets in a model (`gru`,
/// `gru_1`). Every layer must be called in every call; twice means shared weights. All inputs and
/// the output are [N, ..]. Built by `build_for`, the first call or `Trainer`, which takes the
/// inputs behind the first from `extra_inputs` of its data.
template <Real T = float>
class Model : public Layer<T> {
 public:
  using Function = std::function<Variable<T>(ModelCall<T>&)>;

  template <class F, class... L>

  requires(sizeof...(L) > 0 && (std::derived_from<std::remove_cvref_t<L>, Layer<T>> &&
                                ...)) explicit Model(F function, L&&... layers)
      : function_(checked(std::move(function))) {
    (add(std::forward<L>(layers)), ...);
  }

  Model(std::string name, Function function, std::vector<std::unique_ptr<Layer<T>>> layers = {});

  /// For other inputs than those that the model was built for, a copy is built to find it out.
  /// @throws ArgumentError if the model has several inputs and is not built
  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  /// That of the output in the last call, if it was one with these inputs in this pass; else none.
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  [[nodiscard]] bool takes_extra_inputs() const override { return true; }

  /// False: nobody knows what the function does with a batch.
  [[nodiscard]] bool independent_samples() const override { return false; }

  [[nodiscard]] std::string type_name() const override { return "Model"; }

  /// Layers and all; the function is `custom`, so that no config makes the model again: make it in
  /// the program and load its weights.
  [[nodiscard]] Config config() const override;

  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

  [[nodiscard]] std::string root_name() const override { return {}; }

 private:
  friend class ModelCall<T>;

  template <class F>
  static Function checked(F function) {
    static_assert(std::is_invocable_r_v<Variable<T>, F, ModelCall<T>&>,
                  "the function of a Model takes ModelCall<T>& (auto&) and returns its output, a "
                  "Variable<T>");
    return function;
  }

  template <class L>
  void add(L&& layer) {
    static_assert(!std::is_lvalue_reference_v<L>,
                  "a model takes its layers over: Model{function, std::move(layer), ...}");
    this->add_child(std::forward<L>(layer));
  }

  Layer<T>& child(std::string_view name);
  void finish_first_call(const Variable<T>& inputs, const Variable<T>& output);

  /// A value with its mask, in the present call.
  struct Masked {
    const T* value;
    Shape shape;
    TensorView<const bool> mask;
  };

  struct LastCall {
    std::uint32_t pass = 0;
    const T* inputs = nullptr;
    const bool* mask = nullptr;
    TensorView<const bool> result = {};
  };

  std::string given_name_;
  Function function_;
  std::vector<Masked> masks_;
  LastCall last_call_;
  Shape output_shape_;  // for the shape that the model was built for
  bool called_ = false;
};

template <class F, class L, class... Rest>
Model(F, L, Rest...) -> Model<typename L::value_type>;

}  // namespace rondo
