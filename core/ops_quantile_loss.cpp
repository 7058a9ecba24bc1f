#include "rondo/core/ops_quantile_loss.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// The mean over the quantiles q of max(q (y − p), (q − 1) (y − p)), with one y for all of them.
struct Pinball {
  std::span<const double> quantiles;  // on the tape

  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t width) const {
    double total = 0.0;
    for (std::size_t i = 0; i < width; ++i) {
      const double e = static_cast<double>(*y) - static_cast<double>(p[i]);
      total += std::max(quantiles[i] * e, (quantiles[i] - 1.0) * e);
    }
    return total / static_cast<double>(width);
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t width, double scale, T* dp) const {
    const double share = scale / static_cast<double>(width);
    for (std::size_t i = 0; i < width; ++i) {
      const double slope = p[i] < *y ? -quantiles[i] : p[i] > *y ? 1.0 - quantiles[i] : 0.0;
      dp[i] += static_cast<T>(share * slope);
    }
  }
};

}  // namespace

void detail::check_quantiles(const char* who, std::span<const double> quantiles) {
  double below = 0.0;
  for (const double q : quantiles) {
    if (!(q > below && q < 1.0)) {
      throw_argument_error(
          who,
          fmt::format("quantiles must rise and lie in (0, 1), got {}", fmt::join(quantiles, ", ")));
    }
    below = q;
  }
  if (quantiles.empty()) {
    throw_argument_error(who, "there must be at least one quantile");
  }
}

template <Real T>
Variable<T> quantile_loss(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          std::span<const double> quantiles,
                          const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "quantile_loss";
  detail::check_quantiles(op, quantiles);
  const Shape& shape = predictions.shape();
  const bool wide = shape.rank() > 0 && shape.size() > 0 && shape.back() == quantiles.size();
  const Shape samples = shape.rank() > 0 ? shape.erase(shape.rank() - 1) : shape;
  if (!wide ||
      (targets.shape() != samples && targets.shape() != samples.insert(samples.rank(), 1))) {
    throw_shape_error(op,
                      fmt::format("expected predictions [.., {}], one for each quantile, and "
                                  "targets [..]",
                                  quantiles.size()),
                      {{"predictions", shape}, {"targets", targets.shape()}});
  }
  Tape<T>& tape = predictions.tape();
  const auto kept = detail::copy_to_tape<double>(tape, quantiles);
  const auto weights = detail::loss_weights<T>(op, tape, samples, reduction, {});
  return detail::record_loss<T>(op,
                                predictions,
                                {samples, shape.back()},
                                detail::copy_to_tape<T>(tape, targets.span()),
                                Pinball{kept},
                                weights);
}

#define RONDO_INSTANTIATE(T)                                  \
  template Variable<T> quantile_loss(const Variable<T>&,      \
                                     TensorView<const T>,     \
                                     std::span<const double>, \
                                     const ReductionOptions<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
