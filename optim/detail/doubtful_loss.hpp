/// What a trainer warns of when it has seen the first batch; for the sources of this folder.
#pragma once

#include <string>

#include "rondo/core/tape.hpp"

namespace rondo::detail {

/// A sentence if a crossentropy of this pass takes probabilities for logits or the other way round;
/// empty if there is nothing to say.
template <Real T>
[[nodiscard]] std::string doubtful_loss(const Tape<T>& tape);

}  // namespace rondo::detail
