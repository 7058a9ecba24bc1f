/// The header of a `.ts` file; for the sources of this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rondo::detail {

/// What the lines that begin with @ say; without a value: nothing.
struct TsHeader {
  std::optional<bool> time_stamps = {};
  std::optional<bool> missing = {};
  std::optional<bool> univariate = {};
  std::optional<std::size_t> dimensions = {};
  std::optional<bool> equal_length = {};
  std::optional<std::size_t> series_length = {};
  std::optional<bool> labelled = {};
  std::vector<std::string> classes = {};  // of @classLabel

  /// @param line  trimmed, not empty
  /// @param fail  throws an error with this text for what is unknown, twice, or contradicts
  /// @return      whether it was @data, with which the header ends
  bool read_line(std::string_view line, const std::function<void(const std::string&)>& fail);
};

}  // namespace rondo::detail
