/// Numbers for people to compare.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace rondo::apps {

/// Numbers of one column as R prints them: all with as many decimals as the smallest needs for four
/// significant digits, or all in scientific notation if that is shorter.
[[nodiscard]] std::vector<std::string> aligned_numbers(std::span<const double> values);

}  // namespace rondo::apps
