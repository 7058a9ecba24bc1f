#include "rondo/formats/ucr.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/series_lines.hpp"

namespace rondo {

namespace {

using detail::SeriesLines;

/// Appends the values behind the label, and gives the label.
std::string_view read_line(std::string_view line,
                           const SeriesLines& lines,
                           detail::SeriesCollector& collector) {
  const std::string_view label = detail::cut_field(line, '\t');
  if (label.empty()) {
    lines.fail("the line begins with a tab, expected a label");
  }
  if (line.empty()) {
    lines.fail(
        fmt::format("the series {} has no values, expected a label and numbers with tabs "
                    "between them",
                    in_quotes(label)));
  }
  for (std::size_t field = 2; !line.empty(); ++field) {
    const std::string_view text = detail::cut_field(line, '\t');
    const auto value = detail::series_value(text);
    if (!value) {
      lines.fail(fmt::format("field {} is {}, expected a number or NaN", field, in_quotes(text)));
    }
    collector.add_value(*value);
  }
  collector.drop_missing_end();
  if (collector.pending() == 0) {
    lines.fail(fmt::format("all values of the series {} are missing", in_quotes(label)));
  }
  return label;
}

}  // namespace

LabelledSeries read_ucr(const std::filesystem::path& path) {
  SeriesLines lines("read_ucr", path);
  detail::SeriesCollector collector;
  std::vector<std::string> labels;
  while (const auto line = lines.next()) {
    labels.emplace_back(read_line(*line, lines, collector));
    collector.end_series(lines.line());
  }
  if (labels.empty()) {
    lines.fail_file("holds no series");
  }
  LabelledSeries result = collector.take(1);
  result.class_names = sorted_class_names(labels);
  const auto places = detail::places_of(result.class_names);
  for (const std::string& label : labels) {
    result.labels.push_back(places.at(label));
  }
  return result;
}

}  // namespace rondo
