/// What a file says of training: an optimizer that goes on where another system stopped.
#pragma once

#include <memory>
#include <string>

#include "rondo/interop/stored_model.hpp"
#include "rondo/layers/layer.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

/// The optimizer of a file, built for the model's weights, with its state if the file has it:
/// `auto optimizer = restore_optimizer(*loaded.about().training, loaded.layers());`
/// @throws FormatError if the file names none, or its state does not fit
template <Real T>
[[nodiscard]] std::unique_ptr<Optimizer<T>> restore_optimizer(const StoredTraining& training,
                                                              Layer<T>& model);

/// For `WriteModelOptions::training`. @param loss  Keras' name of it
/// @throws StateError if model or optimizer are not built
template <Real T>
[[nodiscard]] StoredTraining describe_training(const Layer<T>& model,
                                               Optimizer<T>& optimizer,
                                               const std::string& loss = {});

}  // namespace rondo
