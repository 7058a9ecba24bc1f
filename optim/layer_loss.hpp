/// The short form of a trainer's loss: a layer's predictions and a function of them and the
/// targets.
#pragma once

#include <functional>

#include "rondo/core/ops_losses.hpp"
#include "rondo/data/dataset.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

/// What a batch gave. A loss of one's own may return the loss alone; metrics need the predictions.
template <Real T>
struct BatchResult {
  BatchResult(const Variable<T>& batch_loss,  // NOLINT: a loss is a result without predictions
              const Variable<T>& output = {},
              TensorView<const bool> output_mask = {})
      : loss(batch_loss), predictions(output), mask(output_mask) {}

  /// A scalar, without penalties.
  Variable<T> loss;
  Variable<T> predictions;  // [N, ..]
  /// [N, S], if a mask reaches the output.
  TensorView<const bool> mask;
};

/// The loss of a batch: whatever model, inputs and targets it is made of.
template <Real T>
using BatchLoss = std::function<BatchResult<T>(Tape<T>&, const Batch<T>&, const CallOptions<T>&)>;

/// The extra inputs of a batch on a tape, for `CallOptions::extra_inputs`. The views must live
/// until the tape is reset.
template <Real T>
[[nodiscard]] std::span<const Variable<T>> extra_inputs_on(Tape<T>& tape, const Batch<T>& batch);

/// loss(model(inputs), targets). If a mask reaches the output (predictions [N, S, ..], mask [N,
/// S]), only valid steps count and the mean is taken over them, as in Keras. Sample weights
/// multiply the losses and do not change the divisor. A loss that takes ReductionOptions is given
/// both; another one sees valid steps as rows [valid steps, ..], with weights one row at a time.
///
/// Inputs behind the first come from the batch's extra_inputs. The result refers to the model; it
/// throws ArgumentError if the model does not take so many inputs.
template <Real T>
[[nodiscard]] BatchLoss<T> make_layer_loss(Layer<T>& model, Loss<T> loss);

}  // namespace rondo
