#include "rondo/bench/machine_kernels.hpp"

#include "rondo/core/kernels/panels.hpp"

namespace rondo::bench {

namespace {

using kernels::simd::this_set;
using V = kernels::simd::Vector<float>;

constexpr std::size_t chains = 12;

float multiply_add(std::size_t turns) {
  V sum[chains];  // NOLINT(modernize-avoid-c-arrays)
  for (std::size_t c = 0; c < chains; ++c) {
    sum[c] = V(static_cast<float>(c));
  }
  const volatile float almost_one = 0.999999F;
  const volatile float little = 1e-6F;
  const V factor(almost_one);
  const V term(little);
  for (std::size_t i = 0; i < turns; ++i) {
#pragma GCC unroll 12
    for (std::size_t c = 0; c < chains; ++c) {
      sum[c] = multiply_add(factor, sum[c], term);
    }
  }
  for (std::size_t c = 1; c < chains; ++c) {
    sum[0] = sum[0] + sum[c];
  }
  return sum[0].get(0);
}

void tile(std::size_t rows, const float* a, const float* b, std::size_t inner, float* out) {
  static constexpr float zeros[kernels::simd::width<V>] = {};  // NOLINT(modernize-avoid-c-arrays)
  const kernels::simd::ProductSum<float> product{zeros, 0, out, 1, {{{a, rows, b, inner}}}};
  kernels::simd::sum_products<V>(rows, &product, 1);
}

constexpr MachineTable table{.operations_per_turn = 2 * chains * V::size,
                             .multiply_add = multiply_add,
                             .tile_cols = kernels::simd::width<V>,
                             .tile_rows = kernels::simd::max_rows<V>,
                             .tile = tile};

}  // namespace

template <kernels::InstructionSet>
const MachineTable& MachineTable::of() noexcept {
  return table;
}

template const MachineTable& MachineTable::of<this_set>() noexcept;

}  // namespace rondo::bench
