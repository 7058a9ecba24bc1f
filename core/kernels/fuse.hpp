/// Programs of element-wise formulas over several arrays, run tile by tile (D98).
#pragma once

#include <cstddef>
#include <cstdint>

#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/kernels/formulas_program.hpp"

namespace rondo::kernels {

/// An array [rows, columns] as a program sees it: element (i, j) at data[i·row_step + j·column_step],
/// where a step of 0 repeats it.
template <class T>
struct Grid {
  T* data = nullptr;
  std::size_t row_step = 0;
  std::size_t column_step = 0;  // 0 or 1
};

/// Where the value at `place` goes: it overwrites, or is added; along steps of 0 it is summed up.
template <class T>
struct FusedOutput {
  Grid<T> grid;
  std::uint8_t place = 0;
  bool overwrite = false;
};

template <class T>
struct FusedCall {
  const Instruction* code;
  std::size_t code_size;
  std::size_t num_places;
  std::uint32_t wanted;  // outputs; what none of them needs is not computed
  std::size_t rows;
  std::size_t columns;
  const Grid<const T>* inputs;
  std::size_t num_inputs;
  const FusedOutput<T>* outputs;  // those that are wanted
  std::size_t num_outputs;
};

template <class T>
struct FuseTable {
  void (*run)(const FusedCall<T>& call);

  template <InstructionSet set>
  static const FuseTable& of() noexcept;
};

/// Inputs and outputs must not overlap. Sums run in an order that the sizes alone decide.
template <class T>
void run_fused(const FusedCall<T>& call) {
  chosen<FuseTable<T>>().run(call);
}

}  // namespace rondo::kernels
