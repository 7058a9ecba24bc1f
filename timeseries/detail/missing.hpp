/// The value of a missing number. For the sources of this folder.
#pragma once

#include <limits>

namespace rondo::detail {

inline constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace rondo::detail
