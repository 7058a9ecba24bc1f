#include "rondo/optim/muon.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/kernels/gemm.hpp"
#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/detail/sum_of_squares.hpp"

namespace rondo {

template <Real T>
Muon<T>::Muon(MuonOptions options) : Muon<T>::OptimizerWith("Muon", std::move(options)) {
  const MuonOptions& o = options_;
  detail::check_decay("Muon", "adam_beta_1", o.adam_beta_1);
  detail::check_decay("Muon", "adam_beta_2", o.adam_beta_2);
  if (o.adam_weight_decay) {
    detail::check_not_negative("Muon", "adam_weight_decay", *o.adam_weight_decay);
  }
  detail::check_not_negative("Muon", "epsilon", o.epsilon);
  detail::check_finite("Muon", "muon_a", o.muon_a);
  detail::check_finite("Muon", "muon_b", o.muon_b);
  detail::check_finite("Muon", "muon_c", o.muon_c);
  detail::check_not_negative("Muon", "adam_lr_ratio", o.adam_lr_ratio);
  detail::check_share("Muon", "momentum", o.momentum);
  if (o.rms_rate) {
    detail::check_positive("Muon", "rms_rate", *o.rms_rate);
  }
}

template <Real T>
bool Muon<T>::uses_adam(const Parameter<T>& parameter) const {
  const auto is_in_path = [&](const std::string& text) {
    return parameter.path().find(text) != std::string::npos;
  };
  const bool embedding = options_.exclude_embeddings &&
                         to_lower(parameter.path()).find("embedding") != std::string::npos;
  return parameter.shape().rank() != 2 || embedding ||
         std::any_of(options_.exclude_layers.begin(), options_.exclude_layers.end(), is_in_path);
}

template <Real T>
std::optional<double> Muon<T>::weight_decay_of(const Parameter<T>& parameter) const {
  return uses_adam(parameter) ? options_.adam_weight_decay : options_.weight_decay;
}

template <Real T>
void Muon<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  if (uses_adam(parameter)) {
    this->add_state("v", parameter.shape());
    return;
  }
  // X and its successor, A and the polynomial of A.
  const std::size_t side = std::min(parameter.shape()[0], parameter.shape()[1]);
  const std::size_t needed = 2 * parameter.shape().size() + 2 * side * side;
  if (workspace_.size() < needed) {
    workspace_ = Tensor<T>::zeros({needed});
  }
}

template <Real T>
void Muon<T>::update_with_adam(const ParameterUpdate<T>& u) {
  const MuonOptions& o = options_;
  T* const m = u.state[0].data();
  T* const v = u.state[1].data();
  detail::update_moments(u.gradient, o.adam_beta_1, o.adam_beta_2, u.weights.size(), m, v);
  detail::adam_step<T>(u.weights,
                       u.rate * o.adam_lr_ratio,
                       detail::correction(o.adam_beta_1, u.step),
                       detail::correction(o.adam_beta_2, u.step),
                       o.epsilon,
                       m,
                       v);
}

/// On the wide orientation: the product of the smaller side with itself is the small one.
template <Real T>
const T* Muon<T>::orthogonalise(std::size_t rows, std::size_t columns) {
  using kernels::gemm;
  using kernels::Transpose;
  const std::size_t r = std::min(rows, columns);
  const std::size_t c = std::max(rows, columns);
  T* next = workspace_.data();
  T* x = next + r * c;
  T* const square = x + r * c;
  T* const polynomial = square + r * r;
  const double norm =
      std::sqrt(detail::sum_of_squares(r * c, [=](std::size_t i) { return next[i]; })) + 1e-7;
  const auto scale = static_cast<T>(1.0 / norm);
  const std::size_t row_stride = rows > columns ? 1 : c;
  const std::size_t column_stride = rows > columns ? r : 1;
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t j = 0; j < c; ++j) {
      x[i * c + j] = scale * next[i * row_stride + j * column_stride];
    }
  }
  const auto linear = static_cast<T>(options_.muon_a);
  const auto cubic = static_cast<T>(options_.muon_b);
  const auto quintic = static_cast<T>(options_.muon_c);
  for (std::size_t step = 0; step < options_.ns_steps; ++step) {
    gemm(Transpose::no, Transpose::yes, r, r, c, T{1}, x, c, x, c, T{0}, square, r);
    std::copy_n(square, r * r, polynomial);
    gemm(
        Transpose::no, Transpose::no, r, r, r, quintic, square, r, square, r, cubic, polynomial, r);
    std::copy_n(x, r * c, next);
    gemm(Transpose::no, Transpose::no, r, c, r, T{1}, polynomial, r, x, c, linear, next, c);
    std::swap(x, next);
  }
  return x;
}

template <Real T>
void Muon<T>::update(const ParameterUpdate<T>& u) {
  if (u.state.size() == 2) {
    update_with_adam(u);
    return;
  }
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  T* const direction = workspace_.data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto mu = static_cast<T>(options_.momentum);
  const bool nesterov = options_.nesterov;
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    m[i] = mu * m[i] + g;
    direction[i] = nesterov ? g + mu * m[i] : m[i];
  }
  const std::size_t rows = u.weights.shape()[0];
  const std::size_t columns = u.weights.shape()[1];
  const T* const change = orthogonalise(rows, columns);
  const double longer = std::sqrt(static_cast<double>(std::max(rows, columns)));
  const auto rate =
      static_cast<T>(u.rate * (options_.rms_rate ? longer * *options_.rms_rate : 1.0));
  const std::size_t row_stride = rows > columns ? 1 : columns;
  const std::size_t column_stride = rows > columns ? rows : 1;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      w[i * columns + j] -= rate * change[i * row_stride + j * column_stride];
    }
  }
}

template class Muon<float>;
template class Muon<double>;

}  // namespace rondo
