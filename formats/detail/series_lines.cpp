#include "rondo/formats/detail/series_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/csv_number.hpp"
#include "rondo/formats/detail/file_content.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view blanks = " \t\r";

bool is_missing(std::string_view field) {
  constexpr std::string_view nan = "nan";
  return field == "?" ||
         std::equal(field.begin(), field.end(), nan.begin(), nan.end(), [](char a, char b) {
           return a == b || a + 'a' - 'A' == b;
         });
}

}  // namespace

SeriesLines::SeriesLines(std::string_view op, const std::filesystem::path& path)
    : op_(op), path_(path.string()), text_(read_utf8(op, path)) {}

std::optional<std::string_view> SeriesLines::next() {
  while (position_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', position_), text_.size());
    const std::string_view line = std::string_view(text_).substr(position_, end - position_);
    position_ = end + 1;
    ++line_;
    if (!without_blanks(line).empty()) {
      return line.substr(0, line.find_last_not_of(blanks) + 1);
    }
  }
  return std::nullopt;
}

void SeriesLines::fail(std::string_view problem) const {
  throw_format_error(op_, fmt::format("{}:{}: {}", path_, line_, problem));
}

void SeriesLines::fail_file(std::string_view problem) const {
  throw_format_error(op_, fmt::format("{}: {}", path_, problem));
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::string_view cut_field(std::string_view& rest, char delimiter) {
  const std::size_t end = std::min(rest.find(delimiter), rest.size());
  const std::string_view field = without_blanks(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

std::optional<double> series_value(std::string_view field) {
  if (const auto number = csv_number(field, '.')) {
    return std::isfinite(*number) ? number : std::nullopt;
  }
  return is_missing(field) ? std::optional(std::numeric_limits<double>::quiet_NaN()) : std::nullopt;
}

std::map<std::string, std::size_t, std::less<>> places_of(const std::vector<std::string>& names) {
  std::map<std::string, std::size_t, std::less<>> places;
  for (const std::string& name : names) {
    places.emplace(name, places.size());
  }
  return places;
}

bool SeriesCollector::all_missing() const {
  return std::all_of(values_.begin() + static_cast<std::ptrdiff_t>(begin_),
                     values_.end(),
                     [](double value) { return std::isnan(value); });
}

void SeriesCollector::drop_missing_end() {
  while (pending() > 0 && std::isnan(values_.back())) {
    values_.pop_back();
  }
}

void SeriesCollector::end_series(std::size_t line) {
  begin_ = values_.size();
  ends_.push_back(begin_);
  lines_.push_back(line);
}

LabelledSeries SeriesCollector::take(std::size_t channels) {
  LabelledSeries result{.lines = std::move(lines_)};
  result.series.reserve(ends_.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    const std::size_t length = (end - begin) / channels;
    Tensor<double> series({length, channels});
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t step = 0; step < length; ++step) {
        series.data()[step * channels + channel] = values_[begin + channel * length + step];
      }
    }
    result.series.push_back(std::move(series));
    begin = end;
  }
  return result;
}

}  // namespace rondo::detail
