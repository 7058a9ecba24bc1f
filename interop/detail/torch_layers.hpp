/// What the layers are to PyTorch, for reading and for writing. For the sources of this folder.
#pragma once

#include <string>
#include <string_view>

#include "rondo/interop/detail/chain.hpp"

namespace rondo::detail {

/// Which of Keras' gates z, r, h; i, f, c, o is the first, second, … in PyTorch.
[[nodiscard]] GateOrder torch_order(std::string_view cell_class);

/// `_l0`, `_l1_reverse`
[[nodiscard]] std::string suffix_of(std::size_t layer, bool reverse);

/// What PyTorch's modules cannot mean; empty: nothing.
[[nodiscard]] std::string problem_of_options(const ChainLayer& layer);

}  // namespace rondo::detail
