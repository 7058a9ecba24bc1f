#include "rondo/core/ops_matmul.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/gemm.hpp"
#include "rondo/core/kernels/reduce.hpp"

namespace rondo {

namespace {

using kernels::Transpose;

struct ProductSize {
  std::size_t rows;   // M, all leading axes folded
  std::size_t inner;  // K
  std::size_t cols;   // N
};

/// @param expected  the text for operands of a wrong rank
ProductSize product_size(const char* op,
                         const char* expected,
                         std::size_t min_rank,
                         const NamedShape& left,
                         const NamedShape& right) {
  const Shape& a = left.shape;
  const Shape& b = right.shape;
  if (a.rank() < min_rank || b.rank() != 2) {
    throw_shape_error(op, expected, {left, right});
  }
  if (a.back() != b[0]) {
    throw_shape_error(op, "inner dimensions differ", {left, right});
  }
  return {a.product(0, a.rank() - 1), a.back(), b[1]};
}

/// y += a b
template <Real T>
void accumulate_product(const ProductSize& s, const T* a, const T* b, T beta, T* y) {
  kernels::gemm(Transpose::no,
                Transpose::no,
                s.rows,
                s.cols,
                s.inner,
                T{1},
                a,
                s.inner,
                b,
                s.cols,
                beta,
                y,
                s.cols);
}

/// da += dy bᵀ, db += aᵀ dy
template <Real T>
void product_rule(const Gradients<T>& g) {
  const auto a = g.input(0);
  const auto b = g.input(1);
  const T* const dy = g.grad().data();
  const ProductSize s{a.shape().product(0, a.shape().rank() - 1), b.shape()[0], b.shape()[1]};
  if (const auto da = g.of(0)) {
    kernels::gemm(Transpose::no,
                  Transpose::yes,
                  s.rows,
                  s.inner,
                  s.cols,
                  T{1},
                  dy,
                  s.cols,
                  b.data(),
                  s.cols,
                  T{1},
                  da.data(),
                  s.inner);
  }
  if (const auto db = g.of(1)) {
    kernels::gemm(Transpose::yes,
                  Transpose::no,
                  s.inner,
                  s.cols,
                  s.rows,
                  T{1},
                  a.data(),
                  s.inner,
                  dy,
                  s.cols,
                  T{1},
                  db.data(),
                  s.cols);
  }
}

}  // namespace

template <Real T>
Variable<T> matmul(const Variable<T>& a, const Variable<T>& b) {
  const ProductSize size = product_size(
      "matmul", "expected a [.., M, K] and b [K, N]", 2, {"a", a.shape()}, {"b", b.shape()});
  return a.tape().record(
      "matmul",
      std::array{a, b},
      a.shape().with_dim(a.shape().rank() - 1, size.cols),
      [&](TensorView<T> y) {
        accumulate_product(size, a.value().data(), b.value().data(), T{0}, y.data());
      },
      [](const Gradients<T>& g) { product_rule(g); });
}

template <Real T>
Variable<T> affine(const Variable<T>& x, const Variable<T>& kernel, const Variable<T>& bias) {
  const ProductSize size = product_size("affine",
                                        "expected x [.., K] and kernel [K, N]",
                                        1,
                                        {"x", x.shape()},
                                        {"kernel", kernel.shape()});
  if (bias.shape() != Shape{size.cols}) {
    throw_shape_error("affine",
                      "the bias must have one value per column",
                      {{"kernel", kernel.shape()}, {"bias", bias.shape()}});
  }
  return x.tape().record(
      "affine",
      std::array{x, kernel, bias},
      x.shape().with_dim(x.shape().rank() - 1, size.cols),
      [&](TensorView<T> y) {
        const T* const b = bias.value().data();
        for (std::size_t row = 0; row < size.rows; ++row) {
          std::copy_n(b, size.cols, y.data() + row * size.cols);
        }
        accumulate_product(size, x.value().data(), kernel.value().data(), T{1}, y.data());
      },
      [](const Gradients<T>& g) {
        product_rule(g);
        if (const auto db = g.of(2)) {
          const Shape shape = g.input(0).shape();
          const std::size_t rows = shape.product(0, shape.rank() - 1);
          kernels::sum_into(g.grad().data(), 1, rows, db.size(), db.data());
        }
      });
}

#define RONDO_INSTANTIATE(T)                                           \
  template Variable<T> matmul(const Variable<T>&, const Variable<T>&); \
  template Variable<T> affine(const Variable<T>&, const Variable<T>&, const Variable<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
