/// The short form of a trainer's loss: a layer's predictions and a function of them and the
/// targets.
#pragma once

#include <functional>

#include "rondo/core/ops_losses.hpp"
#include "rondo/data/dataset.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

/// The loss of a batch, without penalties: whatever model, inputs and targets it is made of.
template <Real T>
using BatchLoss = std::function<Variable<T>(Tape<T>&, const Batch<T>&, const CallOptions<T>&)>;

/// loss(model(inputs), targets). If a mask reaches the output (predictions [N, S, ..], mask [N,
/// S]), only valid steps count and the mean is taken over them, as in Keras; the loss then receives
/// them as rows [valid steps, ..].
///
/// The result refers to the model. It throws ArgumentError for parts of a batch that this form
/// cannot use: sample_weights and extra_inputs.
template <Real T>
[[nodiscard]] BatchLoss<T> make_layer_loss(Layer<T>& model, Loss<T> loss);

}  // namespace rondo
