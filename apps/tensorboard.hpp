/// TensorBoard's callback, if it is part of the build: `tensorboard.cpp` with protobuf,
/// `tensorboard_none.cpp` without.
#pragma once

#include <string>

#include "rondo/optim/trainer.hpp"

namespace rondo::apps {

/// @throws ArgumentError if the build has none; the text says what to install
void add_tensorboard(Trainer<float>& trainer, const std::string& folder);

}  // namespace rondo::apps
