#include "rondo/core/ops_normalization.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// The shape of a row.
Shape checked_row(const Shape& x, std::size_t axes, double epsilon) {
  if (axes == 0 || axes > x.rank()) {
    throw_argument_error("layer_normalization",
                         fmt::format("axes must lie in [1, {}], got {}", x.rank(), axes));
  }
  if (!(epsilon > 0.0)) {
    throw_argument_error("layer_normalization",
                         fmt::format("epsilon must be positive, got {}", epsilon));
  }
  const Shape row(std::span(x.begin() + (x.rank() - axes), axes));
  if (row.size() == 0) {
    throw_shape_error("layer_normalization", "there is nothing to normalise", {{"x", x}});
  }
  return row;
}

template <Real T>
void check_row_weight(const char* name, const Variable<T>& weight, const Shape& row) {
  if (weight && weight.shape() != row) {
    throw_shape_error("layer_normalization",
                      fmt::format("{} must have the shape of a row", name),
                      {{name, weight.shape()}, {"row", row}});
  }
}

/// (x − mean) · factor of a row.
struct Moments {
  double mean;
  double factor;

  template <Real T>
  [[nodiscard]] double normalised(T x) const {
    return (static_cast<double>(x) - mean) * factor;
  }
};

template <Real T>
Moments moments_of(const T* x, std::size_t width, double epsilon) {
  double mean = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < width; ++i) {
    mean += static_cast<double>(x[i]);
  }
  mean /= static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i) {
    const double difference = static_cast<double>(x[i]) - mean;
    squares += difference * difference;
  }
  return {mean, 1.0 / std::sqrt(squares / static_cast<double>(width) + epsilon)};
}

struct SavedRows {
  const Moments* moments;
  std::size_t width;
  int gamma;  // which input; -1: there is none
  int beta;
};

template <Real T>
double weight_at(const T* weights, std::size_t i) {
  return weights == nullptr ? 1.0 : static_cast<double>(weights[i]);
}

/// With n the normalised row and g = gamma dy: dx = (g − mean(g) − n mean(g n)) / deviation.
template <Real T>
void add_input_slopes(
    const T* x, const T* dy, const T* gamma, const Moments& moments, std::size_t width, T* dx) {
  double sum = 0.0, along = 0.0;
  for (std::size_t i = 0; i < width; ++i) {
    const double g = weight_at(gamma, i) * static_cast<double>(dy[i]);
    sum += g;
    along += g * moments.normalised(x[i]);
  }
  const double mean = sum / static_cast<double>(width);
  const double mean_along = along / static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i) {
    const double g = weight_at(gamma, i) * static_cast<double>(dy[i]);
    dx[i] += static_cast<T>(moments.factor * (g - mean - moments.normalised(x[i]) * mean_along));
  }
}

template <Real T>
void backward(const Gradients<T>& g, const SavedRows& s) {
  const auto input_of = [&](int i) {
    return i < 0 ? TensorView<T>() : g.of(static_cast<std::size_t>(i));
  };
  const TensorView<T> dx = g.of(0), dgamma = input_of(s.gamma), dbeta = input_of(s.beta);
  const T* const gamma = s.gamma < 0 ? nullptr : g.input(static_cast<std::size_t>(s.gamma)).data();
  for (std::size_t at = 0; at < g.grad().size(); at += s.width) {
    const T* const x = g.input(0).data() + at;
    const T* const dy = g.grad().data() + at;
    const Moments& moments = s.moments[at / s.width];
    if (dx) {
      add_input_slopes(x, dy, gamma, moments, s.width, dx.data() + at);
    }
    for (std::size_t i = 0; dgamma && i < s.width; ++i) {
      dgamma[i] += static_cast<T>(static_cast<double>(dy[i]) * moments.normalised(x[i]));
    }
    for (std::size_t i = 0; dbeta && i < s.width; ++i) {
      dbeta[i] += dy[i];
    }
  }
}

}  // namespace

template <Real T>
Variable<T> layer_normalization(const Variable<T>& x,
                                const Variable<T>& gamma,
                                const Variable<T>& beta,
                                double epsilon,
                                std::size_t axes) {
  const Shape row = checked_row(x.shape(), axes, epsilon);
  check_row_weight("gamma", gamma, row);
  check_row_weight("beta", beta, row);
  std::array<Variable<T>, 3> inputs{x};
  std::size_t count = 1;
  const auto place = [&](const Variable<T>& weight) {
    if (!weight) {
      return -1;
    }
    inputs[count] = weight;
    return static_cast<int>(count++);
  };
  const std::size_t width = row.size();
  const auto moments = x.tape().template array<Moments>(x.shape().size() / width);
  const SavedRows saved{moments.data(), width, place(gamma), place(beta)};
  return x.tape().record(
      "layer_normalization",
      std::span<const Variable<T>>(inputs.data(), count),
      x.shape(),
      [&](TensorView<T> y) {
        const T* const scale = gamma ? gamma.value().data() : nullptr;
        const T* const shift = beta ? beta.value().data() : nullptr;
        for (std::size_t r = 0; r < moments.size(); ++r) {
          const T* const from = x.value().data() + r * width;
          moments[r] = moments_of(from, width, epsilon);
          for (std::size_t i = 0; i < width; ++i) {
            const double scaled = moments[r].normalised(from[i]) * weight_at(scale, i);
            const double shifted = shift != nullptr ? static_cast<double>(shift[i]) : 0.0;
            y[r * width + i] = static_cast<T>(scaled + shifted);
          }
        }
      },
      saved,
      [](const Gradients<T>& g, const SavedRows& s) { backward(g, s); });
}

#define RONDO_INSTANTIATE(T)                \
  template Variable<T> layer_normalization( \
      const Variable<T>&, const Variable<T>&, const Variable<T>&, double, std::size_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
