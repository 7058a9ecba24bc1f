/// Loops that say what the machine and the innermost kernels can do, compiled once per instruction
/// set like the kernels themselves (D9).
#pragma once

#include <cstddef>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::bench {

struct MachineTable {
  /// Operations (two for each multiply-add and lane) of one turn of `multiply_add`.
  std::size_t operations_per_turn;

  /// Independent multiply-adds of the widest vectors: 12 chains, so that both units of a processor
  /// are always busy. @return something of the result, for the optimizer
  float (*multiply_add)(std::size_t turns);

  /// Columns and rows of the largest tile of the packed product.
  std::size_t tile_cols;
  std::size_t tile_rows;

  /// out [rows, tile_cols] = a b for one tile; a [rows, inner] and b [inner, tile_cols] in panels.
  void (*tile)(std::size_t rows, const float* a, const float* b, std::size_t inner, float* out);

  template <kernels::InstructionSet>
  static const MachineTable& of() noexcept;
};

}  // namespace rondo::bench
