#include "rondo/layers/constraints.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/functions.hpp"
#include "rondo/layers/detail/to_config.hpp"

namespace rondo {

namespace {

constexpr std::array constraint_table{
    function_row<"max_value", "axis">({"max_norm", "MaxNorm"},
                                      [](auto... p) { return constraints::max_norm(p...); }),
    function_row({"non_neg", "NonNeg"}, [] { return constraints::non_neg(); }),
    function_row<"axis">({"unit_norm", "UnitNorm"},
                         [](auto... p) { return constraints::unit_norm(p...); }),
    function_row<"min_value", "max_value", "rate", "axis">(
        {"min_max_norm", "MinMaxNorm"},
        [](auto... p) { return constraints::min_max_norm({p...}); }),
};

/// w ← w · wanted(‖w‖) / (1e-7 + ‖w‖) for every vector along the axis.
/// Works on blocks of columns, because a step of training must not touch the heap.
template <class T, class Wanted>
void scale_norms(const char* constraint, TensorView<T> weights, int axis, Wanted wanted) {
  constexpr std::size_t block = 64;
  const Shape& shape = weights.shape();
  const std::size_t k = resolve_axis(constraint, axis, shape.rank());
  const std::size_t length = shape[k];
  const std::size_t inner = shape.product(k + 1, shape.rank());
  const auto each_row = [&](std::size_t outer, std::size_t first, std::size_t width, auto f) {
    for (std::size_t i = 0; i < length; ++i) {
      T* const row = weights.data() + (outer * length + i) * inner + first;
      for (std::size_t j = 0; j < width; ++j) {
        f(row[j], j);
      }
    }
  };
  for (std::size_t outer = 0; outer < shape.product(0, k); ++outer) {
    for (std::size_t first = 0; first < inner; first += block) {
      const std::size_t width = std::min(block, inner - first);
      std::array<T, block> factors{};
      each_row(outer, first, width, [&](T& w, std::size_t j) { factors[j] += w * w; });
      for (std::size_t j = 0; j < width; ++j) {
        const T norm = std::sqrt(factors[j]);
        factors[j] = wanted(norm) / (static_cast<T>(1e-7) + norm);
      }
      each_row(outer, first, width, [&](T& w, std::size_t j) { w *= factors[j]; });
    }
  }
}

void check_bound(const char* constraint, const char* option, double value) {
  if (!std::isfinite(value) || value < 0.0) {
    throw_argument_error(constraint,
                         fmt::format("{} must be finite and not negative, got {}", option, value));
  }
}

}  // namespace

Constraint constraint_from(std::string_view name, const Config* parameters) {
  return get_named("constraint", constraint_table, name).value(parameters);
}

Constraint::Constraint(const char* name) : Constraint(constraint_from(name, nullptr)) {}

Constraint Constraint::along(int axis) const {
  Constraint result = *this;
  result.axis_ = axis;
  return result;
}

void Constraint::check_shape(const std::string& weight, const Shape& shape) const {
  if (axis_) {
    const std::string op = fmt::format("{}: {}", weight, name());
    static_cast<void>(resolve_axis(op.c_str(), *axis_, shape.rank()));
  }
}

namespace constraints {

Constraint max_norm(double max_value, int axis) {
  check_bound("max_norm", "max_value", max_value);
  return Constraint("max_norm",
                    serialized("MaxNorm", {{"max_value", max_value}, {"axis", axis}}),
                    [max_value, axis]<class T>(TensorView<T> weights) {
                      scale_norms("max_norm", weights, axis, [&](T norm) {
                        return std::min(norm, static_cast<T>(max_value));
                      });
                    })
      .along(axis);
}

Constraint non_neg() {
  return {"non_neg", serialized("NonNeg", Config::object()), []<class T>(TensorView<T> weights) {
            for (T& w : weights) {
              w = w < T{0} ? T{0} : w;
            }
          }};
}

Constraint unit_norm(int axis) {
  return Constraint("unit_norm",
                    serialized("UnitNorm", {{"axis", axis}}),
                    [axis]<class T>(TensorView<T> weights) {
                      scale_norms("unit_norm", weights, axis, [](T) { return T{1}; });
                    })
      .along(axis);
}

Constraint min_max_norm(MinMaxNormOptions options) {
  check_bound("min_max_norm", "min_value", options.min_value);
  check_bound("min_max_norm", "max_value", options.max_value);
  if (options.min_value > options.max_value) {
    throw_argument_error(
        "min_max_norm",
        fmt::format("min_value {} lies above max_value {}", options.min_value, options.max_value));
  }
  if (!(options.rate >= 0.0 && options.rate <= 1.0)) {
    throw_argument_error("min_max_norm",
                         fmt::format("rate must lie in [0, 1], got {}", options.rate));
  }
  return Constraint("min_max_norm",
                    serialized("MinMaxNorm",
                               {{"min_value", options.min_value},
                                {"max_value", options.max_value},
                                {"rate", options.rate},
                                {"axis", options.axis}}),
                    [options]<class T>(TensorView<T> weights) {
                      const auto low = static_cast<T>(options.min_value);
                      const auto high = static_cast<T>(options.max_value);
                      const auto rate = static_cast<T>(options.rate);
                      scale_norms("min_max_norm", weights, options.axis, [&](T norm) {
                        return rate * std::clamp(norm, low, high) + (T{1} - rate) * norm;
                      });
                    })
      .along(options.axis);
}

}  // namespace constraints

}  // namespace rondo
