/// One layer for every time step.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

struct TimeDistributedOptions {
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor, Options&...) {}
};

/// Applies a layer to each step of [N, S, ..] with the same weights: y[:, s] = layer(x[:, s]).
///
/// A mask [N, S, ..] is handed over step by step, as [N, ..]. If the layer treats samples
/// independently, time is folded into the batch and the layer runs once; otherwise (carried states,
/// activity penalties, dropout masks shared by a batch) it runs step after step.
template <Real T = float>
class TimeDistributed : public Layer<T> {
 public:
  /// `TimeDistributed per_step{Dense{{.units = 3}}};`
  template <std::derived_from<Layer<T>> L>

  requires(!std::is_same_v<L, TimeDistributed>) explicit TimeDistributed(
      L layer, TimeDistributedOptions options = {})
      : TimeDistributed(std::unique_ptr<Layer<T>>(std::make_unique<L>(std::move(layer))),
                        std::move(options)) {}

  /// @throws ArgumentError if there is no layer
  explicit TimeDistributed(std::unique_ptr<Layer<T>> layer, TimeDistributedOptions options = {});

  [[nodiscard]] Layer<T>& layer() { return *layer_; }

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  /// What the layer makes of the mask. If it makes none, a step is valid if any of it is.
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  [[nodiscard]] std::string type_name() const override { return "TimeDistributed"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

  [[nodiscard]] bool is_model() const override { return false; }

 private:
  void check_sample(const Shape& sample_shape) const;
  void check_call(const Variable<T>& inputs, const CallOptions<T>& options) const;
  Variable<T> step_by_step(const Variable<T>& inputs, const CallOptions<T>& options);

  Layer<T>* layer_;
  TimeDistributedOptions options_;
  bool fold_;
};

template <class L>
TimeDistributed(L, TimeDistributedOptions = {}) -> TimeDistributed<typename L::value_type>;

}  // namespace rondo
