/// Blocks of matrices with strides: every layout of GRU weights is a way to list the same blocks.
/// For the sources of conversions only.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "rondo/layers/recurrent/weight_conversion.hpp"

namespace rondo::convert {

inline constexpr std::size_t z = 0, r = 1, h = 2;

/// Keras' blocks in the order r, z, h, which PyTorch, cuDNN and tf.compat.v1 have.
inline constexpr std::array<std::size_t, 3> reset_first{r, z, h};
inline constexpr std::array<std::size_t, 3> update_first{z, r, h};

/// Element (i, j) is data[i·row_stride + j·column_stride].
template <class T>
struct Block {
  T* data;
  std::size_t rows, columns;
  std::size_t row_stride, column_stride;

  [[nodiscard]] Block transposed() const {
    return {data, columns, rows, column_stride, row_stride};
  }
};

/// Columns [first, first + width) of rows [row, row + height) of a row-major matrix.
template <class T>
Block<T> block_of(T* matrix,
                  std::size_t matrix_columns,
                  std::size_t row,
                  std::size_t height,
                  std::size_t first,
                  std::size_t width) {
  return {matrix + row * matrix_columns + first, height, width, matrix_columns, 1};
}

/// Gate g of a matrix [rows, 3·units] in Keras' layout.
template <class T>
Block<T> gate_of(T* matrix, std::size_t rows, std::size_t units, std::size_t g) {
  return block_of(matrix, 3 * units, 0, rows, g * units, units);
}

/// The g-th of several dense [rows, columns] blocks behind one another.
template <class T>
Block<T> dense_block(T* data, std::size_t g, std::size_t rows, std::size_t columns) {
  return {data + g * rows * columns, rows, columns, columns, 1};
}

template <class T>
void copy(const Block<const T>& from, const Block<T>& to) {
  for (std::size_t i = 0; i < to.rows; ++i) {
    for (std::size_t j = 0; j < to.columns; ++j) {
      to.data[i * to.row_stride + j * to.column_stride] =
          from.data[i * from.row_stride + j * from.column_stride];
    }
  }
}

template <class T>
void copy(const Block<T>& from, const Block<T>& to) {
  copy(Block<const T>{from.data, from.rows, from.columns, from.row_stride, from.column_stride}, to);
}

/// Keras' [rows, 3u] as three transposed blocks behind one another, [3u, rows], in this order.
template <Real T>
void write_transposed(TensorView<const T> keras, const std::array<std::size_t, 3>& order, T* out) {
  const std::size_t rows = keras.shape()[0];
  const std::size_t units = keras.shape()[1] / 3;
  for (std::size_t g = 0; g < 3; ++g) {
    copy(gate_of(keras.data(), rows, units, order[g]),
         dense_block(out, g, units, rows).transposed());
  }
}

/// The other way: [3u, rows] → [rows, 3u].
template <Real T>
Tensor<T> read_transposed(const T* in,
                          const std::array<std::size_t, 3>& order,
                          std::size_t rows,
                          std::size_t units) {
  Tensor<T> keras({rows, 3 * units});
  for (std::size_t g = 0; g < 3; ++g) {
    copy(dense_block(in, g, units, rows).transposed(),
         gate_of(keras.data(), rows, units, order[g]));
  }
  return keras;
}

/// A row of Keras' bias [3u] with its blocks in another order, and back.
template <Real T>
void reorder(const T* in, const std::array<std::size_t, 3>& order, std::size_t units, T* out) {
  for (std::size_t g = 0; g < 3; ++g) {
    std::copy_n(in + order[g] * units, units, out + g * units);  // r, z, h ↔ z, r, h is a swap
  }
}

/// @throws ShapeError unless the three tensors fit one another
template <Real T>
void check_shapes(const char* op, const GRUWeights<T>& weights);

/// @throws ArgumentError if reset_after is not what the layout needs
template <Real T>
void check_reset(const char* op, const GRUWeights<T>& weights, bool needed, const char* system);

enum class Fixed { both, gates };

/// @throws ArgumentError if a known activation is not the one that the system fixes: sigmoid gates,
///         and for Fixed::both a tanh candidate
template <Real T>
void check_activations(const char* op,
                       const GRUWeights<T>& weights,
                       Fixed fixed,
                       const char* system);

/// The bias, or zeros of its shape.
template <Real T>
Tensor<T> bias_or_zeros(const GRUWeights<T>& weights);

/// The tensor of this name. @throws ArgumentError if there is none
template <Real T>
const Tensor<T>& find(const char* op, const NamedTensors<T>& tensors, std::string_view name);

/// @throws ShapeError unless a tensor has this shape
template <Real T>
void check_shape(const char* op,
                 const std::string& name,
                 const Tensor<T>& tensor,
                 const Shape& expected);

/// @throws ShapeError unless a tensor has this rank
template <Real T>
void check_rank(const char* op,
                const std::string& name,
                const Tensor<T>& tensor,
                std::size_t expected);

}  // namespace rondo::convert
