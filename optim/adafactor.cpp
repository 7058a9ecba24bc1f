#include "rondo/optim/adafactor.hpp"

#include <algorithm>
#include <cmath>

#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/detail/sum_of_squares.hpp"

namespace rondo {

namespace {

double root_mean(double sum_of_squares, std::size_t n) {
  return std::sqrt(sum_of_squares / static_cast<double>(n));
}

/// The last two axes of a parameter, `count` times.
struct Matrices {
  std::size_t count;
  std::size_t rows;
  std::size_t columns;
};

Matrices matrices_of(const Shape& shape) {
  const std::size_t rank = shape.rank();
  const std::size_t rows = shape[rank - 2];
  const std::size_t columns = shape[rank - 1];
  return {shape.size() / std::max<std::size_t>(rows * columns, 1), rows, columns};
}

/// Moves the means r of the rows and c of the columns of one matrix of g² + ε₁; fresh = 1 − β.
template <Real T>
void update_means(ClippedGradient<T> gradient,
                  std::size_t first,
                  const Matrices& size,
                  double fresh,
                  T epsilon,
                  T* r,
                  T* c) {
  const auto past = static_cast<T>(1.0 - fresh);
  const auto of_row = static_cast<T>(fresh / static_cast<double>(size.columns));
  const auto of_column = static_cast<T>(fresh / static_cast<double>(size.rows));
  std::transform(c, c + size.columns, c, [=](T mean) { return past * mean; });
  for (std::size_t i = 0; i < size.rows; ++i) {
    const std::size_t row = first + i * size.columns;
    const double sum =
        detail::sum_of_squares(size.columns, [=](std::size_t j) { return gradient[row + j]; });
    r[i] = past * r[i] + of_row * static_cast<T>(sum + static_cast<double>(epsilon) *
                                                           static_cast<double>(size.columns));
    for (std::size_t j = 0; j < size.columns; ++j) {
      const T g = gradient[row + j];
      c[j] += of_column * (g * g + epsilon);
    }
  }
}

}  // namespace

template <Real T>
Adafactor<T>::Adafactor(AdafactorOptions options)
    : Adafactor<T>::OptimizerWith("Adafactor", std::move(options)) {
  detail::check_not_positive("Adafactor", "beta_2_decay", options_.beta_2_decay);
  detail::check_not_negative("Adafactor", "epsilon_1", options_.epsilon_1);
  detail::check_not_negative("Adafactor", "epsilon_2", options_.epsilon_2);
  detail::check_positive("Adafactor", "clip_threshold", options_.clip_threshold);
}

template <Real T>
void Adafactor<T>::create_state(const Parameter<T>& parameter) {
  const Shape& shape = parameter.shape();
  if (shape.rank() < 2) {
    this->add_state("v", shape);
    return;
  }
  Shape rows;
  Shape columns;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (axis + 1 != shape.rank()) {
      rows.append(shape[axis]);
    }
    if (axis + 2 != shape.rank()) {
      columns.append(shape[axis]);
    }
  }
  this->add_state("r", rows);
  this->add_state("c", columns);
}

template <Real T>
void Adafactor<T>::update(const ParameterUpdate<T>& u) {
  const double root_of_step = std::sqrt(static_cast<double>(u.step));
  const bool relative = options_.relative_step && !this->has_schedule();
  const double rate = relative ? std::min(u.rate, 1.0 / root_of_step) : u.rate;
  const T* const w = u.weights.data();
  const std::size_t n = u.weights.size();
  const double size = root_mean(detail::sum_of_squares(n, [=](std::size_t i) { return w[i]; }), n);
  const double alpha = std::max(options_.epsilon_2, size) * std::min(rate, 1.0 / root_of_step);
  const double fresh = std::pow(static_cast<double>(u.step), options_.beta_2_decay);
  if (u.weights.shape().rank() < 2) {
    update_vector(u, alpha, fresh);
  } else {
    update_matrices(u, alpha, fresh);
  }
}

template <Real T>
double Adafactor<T>::shortened(double alpha, double sum_of_squares, std::size_t n) const {
  return alpha / std::max(1.0, root_mean(sum_of_squares, n) / options_.clip_threshold);
}

template <Real T>
void Adafactor<T>::update_vector(const ParameterUpdate<T>& u, double alpha, double fresh) {
  T* const w = u.weights.data();
  T* const v = u.state[0].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto past = static_cast<T>(1.0 - fresh);
  const auto new_part = static_cast<T>(fresh);
  const auto epsilon = static_cast<T>(options_.epsilon_1);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    v[i] = past * v[i] + new_part * (g * g + epsilon);
  }
  const auto change = [=](std::size_t i) { return gradient[i] / std::sqrt(v[i]); };
  const auto rate = static_cast<T>(shortened(alpha, detail::sum_of_squares(n, change), n));
  for (std::size_t i = 0; i < n; ++i) {
    w[i] -= rate * change(i);
  }
}

template <Real T>
void Adafactor<T>::update_matrices(const ParameterUpdate<T>& u, double alpha, double fresh) {
  const Matrices size = matrices_of(u.weights.shape());
  const std::size_t elements = size.rows * size.columns;
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto epsilon = static_cast<T>(options_.epsilon_1);
  // Calls visit(first element, n, change) for each row; change(j) = g / √(r / mean(r) · c).
  const auto for_each_row = [&](auto visit) {
    for (std::size_t k = 0; k < size.count; ++k) {
      const T* const r = u.state[0].data() + k * size.rows;
      const T* const c = u.state[1].data() + k * size.columns;
      double mean = 0.0;
      for (std::size_t i = 0; i < size.rows; ++i) {
        mean += static_cast<double>(r[i]) / static_cast<double>(size.rows);
      }
      for (std::size_t i = 0; i < size.rows; ++i) {
        const std::size_t first = k * elements + i * size.columns;
        const auto share = static_cast<T>(static_cast<double>(r[i]) / mean);
        visit(first, [=](std::size_t j) { return gradient[first + j] / std::sqrt(share * c[j]); });
      }
    }
  };
  for (std::size_t k = 0; k < size.count; ++k) {
    T* const r = u.state[0].data() + k * size.rows;
    T* const c = u.state[1].data() + k * size.columns;
    update_means(gradient, k * elements, size, fresh, epsilon, r, c);
  }
  double sum = 0.0;
  for_each_row(
      [&](std::size_t, auto change) { sum += detail::sum_of_squares(size.columns, change); });
  const auto rate = static_cast<T>(shortened(alpha, sum, u.weights.size()));
  for_each_row([&](std::size_t first, auto change) {
    T* const w = u.weights.data() + first;
    for (std::size_t j = 0; j < size.columns; ++j) {
      w[j] -= rate * change(j);
    }
  });
}

template class Adafactor<float>;
template class Adafactor<double>;

}  // namespace rondo
