/// Checks of numbers in option structs; for the sources of this folder.
#pragma once

#include <string_view>

namespace rondo::detail {

// All throw ArgumentError `[type] option must …, got value`.

void check_finite(std::string_view type, std::string_view option, double value);

/// Finite and > 0.
void check_positive(std::string_view type, std::string_view option, double value);

/// Finite and ≥ 0.
void check_not_negative(std::string_view type, std::string_view option, double value);

/// In [0, 1].
void check_share(std::string_view type, std::string_view option, double value);

/// In [0, 1): the weight of the past in a moving average.
void check_decay(std::string_view type, std::string_view option, double value);

/// Finite and ≤ 0.
void check_not_positive(std::string_view type, std::string_view option, double value);

}  // namespace rondo::detail
