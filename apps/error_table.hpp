/// Numbers for people to compare.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rondo::apps {

/// Numbers of one column as R prints them: all with as many decimals as the smallest needs for four
/// significant digits, or all in scientific notation if that is shorter.
[[nodiscard]] std::vector<std::string> aligned_numbers(std::span<const double> values);

/// A line for each forecast, with its error.
[[nodiscard]] std::string error_table(std::span<const std::pair<std::string, double>> errors);

}  // namespace rondo::apps
