/// A GRU's weights brought into the form of its kernels. For the sources of this folder.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "rondo/core/kernels/gru.hpp"
#include "rondo/core/tensor.hpp"

namespace rondo {

/// The weights [rows, 3·H] cut into gates, in panels. @param take  gives memory for n values
template <Real T, class Take>
std::array<T*, kernels::gru_gates> pack_gates(TensorView<const T> weight,
                                              bool transposed,
                                              const Take& take) {
  const std::size_t rows = weight.shape()[0];
  const std::size_t units = weight.shape()[1] / kernels::gru_gates;
  const auto& table = kernels::gru_table<T>(units);
  std::array<T*, kernels::gru_gates> result{};
  for (std::size_t g = 0; g < result.size(); ++g) {
    result[g] = take(transposed ? table.size(units, rows) : table.size(rows, units));
    const auto pack = transposed ? table.pack_transposed : table.pack;
    pack(weight.data() + g * units, 3 * units, rows, units, result[g]);
  }
  return result;
}

/// Rows in panels: what z and r add up, the candidate's input bias, its recurrent bias.
template <Real T, class Take>
std::array<T*, kernels::Slot::count> pack_bias(TensorView<const T> bias,
                                               std::size_t units,
                                               const Take& take) {
  using kernels::Slot;
  const std::size_t padded = kernels::gru_table<T>(units).size(1, units);
  std::array<T*, Slot::count> result{};
  for (std::size_t slot = 0; slot < result.size(); ++slot) {
    result[slot] = take(padded);
    std::fill_n(result[slot], padded, T{0});
    if (!bias) {
      continue;
    }
    const T* const input = bias.data();
    const T* const recurrent = bias.shape().rank() == 2 ? input + 3 * units : nullptr;
    for (std::size_t i = 0; i < units; ++i) {
      const T c =
          recurrent != nullptr ? recurrent[std::min(slot, Slot::candidate) * units + i] : T{0};
      result[slot][i] =
          slot == Slot::q ? c : input[slot * units + i] + (slot < Slot::candidate ? c : T{0});
    }
  }
  return result;
}

}  // namespace rondo
