/// Looking at a tape: one line per op with shape and bytes, and the totals (D18).
#pragma once

#include <string>

#include "rondo/core/tape.hpp"

namespace rondo {

template <Real T>
[[nodiscard]] std::string to_string(const Tape<T>& tape);

}  // namespace rondo
