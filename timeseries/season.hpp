/// Finds the period in which a series repeats itself.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace rondo {

/// The shortest lag that stands out of the autocorrelation by more than chance, of at most a third
/// of the series. A trend does not count. Takes n log n steps.
/// @return nothing if no period stands out
[[nodiscard]] std::optional<std::size_t> find_period(std::span<const double> series);

}  // namespace rondo
