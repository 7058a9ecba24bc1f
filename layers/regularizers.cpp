#include "rondo/layers/regularizers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/functions.hpp"
#include "rondo/layers/detail/to_config.hpp"

namespace rondo {

namespace {

constexpr std::array regularizer_table{
    function_row<"l1">({"l1", "L1"}, [](auto... p) { return regularizers::l1(p...); }),
    function_row<"l2">({"l2", "L2"}, [](auto... p) { return regularizers::l2(p...); }),
    function_row<"l1", "l2">({"l1_l2", "L1L2"},
                             [](auto... p) { return regularizers::l1_l2(p...); }),
    function_row<"factor", "mode">({"orthogonal_regularizer", "OrthogonalRegularizer"},
                                   [](auto... p) { return regularizers::orthogonal(p...); }),
};

void check(const char* regularizer, const char* option, double value) {
  if (!std::isfinite(value) || value < 0.0) {
    throw_argument_error(regularizer,
                         fmt::format("{} must be finite and not negative, got {}", option, value));
  }
}

template <Real T>
Variable<T> sum_abs(const Variable<T>& x, double factor) {
  return scale_shift(sum(abs(x)), factor, 0.0);
}

template <Real T>
Variable<T> sum_squares(const Variable<T>& x, double factor) {
  return scale_shift(sum(square(x)), factor, 0.0);
}

/// x with every vector along the axis at length 1; Keras' bound 1e-7 on the norm keeps zeros at
/// zero.
template <Real T>
Variable<T> normalize(const Variable<T>& x, int axis) {
  const auto squares = sum(square(x), {axis}, {.keep_dims = true});
  return x / sqrt(maximum(squares, x.tape().constant(static_cast<T>(1e-14))));
}

/// 1 − identity, on the tape.
template <Real T>
Variable<T> off_diagonal(Tape<T>& tape, std::size_t n) {
  const auto mask = tape.template array<T>(n * n);
  std::fill(mask.begin(), mask.end(), T{1});
  for (std::size_t i = 0; i < n; ++i) {
    mask[i * n + i] = T{0};
  }
  return tape.borrow(TensorView<const T>(mask.data(), Shape{n, n}));
}

template <Real T>
Variable<T> sum_cosines(const Variable<T>& x, double factor, OrthogonalMode mode) {
  if (x.shape().rank() != 2) {
    throw_shape_error(
        "orthogonal_regularizer", "only a matrix has rows and columns", {{"x", x.shape()}});
  }
  const bool rows = mode == OrthogonalMode::rows;
  const std::size_t n = x.shape()[rows ? 0 : 1];
  if (n < 2) {
    return x.tape().constant(T{0});  // no pairs
  }
  const auto unit = normalize(x, rows ? 1 : 0);
  const auto cosines = rows ? matmul(unit, transpose(unit)) : matmul(transpose(unit), unit);
  const double pairs = static_cast<double>(n) * static_cast<double>(n - 1) / 2.0;
  return sum_abs(cosines * off_diagonal(x.tape(), n), factor * 0.5 / pairs);
}

}  // namespace

Regularizer regularizer_from(std::string_view name, const Config* parameters) {
  return get_named("regularizer", regularizer_table, name).value(parameters);
}

Regularizer::Regularizer(const char* name) : Regularizer(regularizer_from(name, nullptr)) {}

namespace regularizers {

Regularizer l1(double l1) {
  check("l1", "l1", l1);
  return {"l1", serialized("L1", {{"l1", l1}}), [l1](const auto& x) { return sum_abs(x, l1); }};
}

Regularizer l2(double l2) {
  check("l2", "l2", l2);
  return {"l2", serialized("L2", {{"l2", l2}}), [l2](const auto& x) { return sum_squares(x, l2); }};
}

Regularizer l1_l2(double l1, double l2) {
  check("l1_l2", "l1", l1);
  check("l1_l2", "l2", l2);
  return {"l1_l2", serialized("L1L2", {{"l1", l1}, {"l2", l2}}), [l1, l2](const auto& x) {
            return sum_abs(x, l1) + sum_squares(x, l2);
          }};
}

Regularizer orthogonal(double factor, OrthogonalMode mode) {
  check("orthogonal_regularizer", "factor", factor);
  return {"orthogonal_regularizer",
          serialized("OrthogonalRegularizer", {{"factor", factor}, {"mode", to_config(mode)}}),
          [factor, mode](const auto& x) { return sum_cosines(x, factor, mode); }};
}

}  // namespace regularizers

}  // namespace rondo
