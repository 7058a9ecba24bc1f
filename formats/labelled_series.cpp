#include "rondo/formats/labelled_series.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/csv_number.hpp"
#include "rondo/formats/ts.hpp"
#include "rondo/formats/ucr.hpp"

namespace rondo {

namespace {

/// `.ts` of `Vowels_TRAIN.ts.gz`
std::string extension_of(std::filesystem::path path) {
  if (path.extension() == ".gz") {
    path.replace_extension();
  }
  return path.extension().string();
}

}  // namespace

bool is_labelled_series(const std::filesystem::path& path) {
  const std::string extension = extension_of(path);
  return extension == ".ts" || extension == ".tsv";
}

LabelledSeries read_labelled_series(const std::filesystem::path& path) {
  if (!is_labelled_series(path)) {
    throw_argument_error(
        "read_labelled_series",
        fmt::format("{} ends neither in .ts nor in .tsv", in_quotes(path.filename().string())));
  }
  return extension_of(path) == ".ts" ? read_ts(path) : read_ucr(path);
}

std::vector<std::string> sorted_class_names(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const auto number = [](const std::string& name) { return detail::csv_number(name, '.'); };
  if (std::all_of(
          names.begin(), names.end(), [&](const auto& name) { return number(name).has_value(); })) {
    std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
      return *number(a) < *number(b);
    });
  }
  return names;
}

}  // namespace rondo
