/// The header of a `.ts` file; for the sources of this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rondo/formats/detail/series_lines.hpp"

namespace rondo::detail {

/// What a header promises, and the line where it does.
template <class V>
struct Promise {
  V value;
  std::size_t line;
};

struct TsHeader {
  std::string name = {};
  bool labelled = false;
  std::vector<std::string> classes = {};  // in the order of the file
  std::optional<Promise<std::size_t>> channels = {};
  std::optional<Promise<std::size_t>> length = {};
  std::optional<Promise<bool>> equal_length = {};  // only if it is promised
  std::optional<Promise<bool>> no_missing = {};    // likewise
};

/// Reads the lines up to `@data`.
/// @throws FormatError, see read_ts
TsHeader read_ts_header(SeriesLines& lines);

}  // namespace rondo::detail
