/// The loss of forecasts with quantiles. Not among core/ops_losses.hpp's: it is one for few users.
#pragma once

#include <array>
#include <span>
#include <type_traits>

#include "rondo/core/ops_losses.hpp"

namespace rondo {

/// Those of `quantile_loss` by name: the median and a band of 80 %.
inline constexpr std::array default_quantiles{0.1, 0.5, 0.9};

/// The pinball loss, a mean over the quantiles q of max(q (y − p), (q − 1) (y − p)): what minimises
/// it has a share of q of the targets below it (Koenker and Bassett 1978). With the median alone it
/// is half of the absolute error.
/// @param predictions  [.., Q], one for each quantile
/// @param targets      [..] or [.., 1]
/// @param quantiles    Q of them, rising, in (0, 1); copied
/// @throws ArgumentError for other quantiles, ShapeError for shapes that do not fit
template <Real T>
Variable<T> quantile_loss(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          std::span<const double> quantiles = default_quantiles,
                          const std::type_identity_t<ReductionOptions<T>>& reduction = {});

namespace detail {

/// @throws ArgumentError, in the name of `who`, unless they rise and lie in (0, 1); none are refused
void check_quantiles(const char* who, std::span<const double> quantiles);

}  // namespace detail

}  // namespace rondo
