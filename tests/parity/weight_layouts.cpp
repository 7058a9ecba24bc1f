#include "rondo/tests/parity/weight_layouts.hpp"

#include <algorithm>
#include <array>

namespace rondo::parity {

namespace {

using Order = std::array<std::size_t, 3>;  // block g of the result is block order[g] of the source

constexpr Order zrn_of_zrn{0, 1, 2};
constexpr Order zrn_of_rzn{1, 0, 2};

/// [3u, K] → [K, 3u]
Tensor<double> transposed(const Tensor<double>& source, const Order& order) {
  const std::size_t columns = source.shape()[0];
  const std::size_t rows = source.shape()[1];
  const std::size_t units = columns / 3;
  Tensor<double> result(Shape{rows, columns});
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t from = order[column / units] * units + column % units;
      result.data()[row * columns + column] = source.data()[from * rows + row];
    }
  }
  return result;
}

/// Copies blocks of `size` to `target`, in this order.
void copy_blocks(const double* source, std::size_t size, const Order& order, double* target) {
  for (const std::size_t block : order) {
    target = std::copy_n(source + block * size, size, target);
  }
}

void require_blocks(const CellArrays& arrays) {
  for (const auto& [name, array] : arrays) {
    if (array.shape().rank() == 0 || array.shape()[0] % 3 != 0) {
      throw CaseError("the first axis of " + name + " does not hold three gates");
    }
  }
}

}  // namespace

CellArrays keras_arrays_of_torch(const CellArrays& torch) {
  require_blocks(torch);
  CellArrays result;
  const auto transpose = [&](const char* from, const char* to) {
    if (torch.contains(from)) {
      result.emplace(to, transposed(torch.at(from), zrn_of_rzn));
    }
  };
  transpose("weight_ih", "kernel");
  transpose("weight_hh", "recurrent_kernel");
  if (torch.contains("bias_ih") && torch.contains("bias_hh")) {
    const std::size_t columns = torch.at("bias_ih").size();
    Tensor<double> bias(Shape{2, columns});
    copy_blocks(torch.at("bias_ih").data(), columns / 3, zrn_of_rzn, bias.data());
    copy_blocks(torch.at("bias_hh").data(), columns / 3, zrn_of_rzn, bias.data() + columns);
    result.emplace("bias", std::move(bias));
  }
  return result;
}

CellArrays keras_arrays_of_onnx(const CellArrays& onnx, bool linear_before_reset) {
  require_blocks(onnx);
  CellArrays result;
  result.emplace("kernel", transposed(onnx.at("W"), zrn_of_zrn));
  result.emplace("recurrent_kernel", transposed(onnx.at("R"), zrn_of_zrn));
  const Tensor<double>& both = onnx.at("B");
  const std::size_t columns = both.size() / 2;
  Tensor<double> bias(linear_before_reset ? Shape{2, columns} : Shape{columns});
  std::copy_n(both.data(), bias.size(), bias.data());
  if (!linear_before_reset) {
    for (std::size_t i = 0; i < columns; ++i) {
      bias.data()[i] += both.data()[columns + i];
    }
  }
  result.emplace("bias", std::move(bias));
  return result;
}

}  // namespace rondo::parity
