/// What decides the last digits of results on this machine.
#pragma once

#include <string>

namespace rondo {

/// `OpenBLAS SkylakeX, avx512`: the kernels of OpenBLAS and the instruction set of ours. Results
/// agree bit by bit between machines with the same text.
[[nodiscard]] std::string machine_name();

}  // namespace rondo
