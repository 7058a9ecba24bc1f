/// What a recurrent layer puts out in the steps that a mask leaves out.
#pragma once

#include <cstdint>

namespace rondo {

///   previous_output  the output of the step before; zeros before the first valid step
///   previous_state   the state before it, thus the initial state before the first valid step
enum class MaskedOutput : std::uint8_t { previous_output, previous_state };

}  // namespace rondo
