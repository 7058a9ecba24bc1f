/// What the readers of labelled series share: lines, values, labels; for the sources of this folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/formats/labelled_series.hpp"

namespace rondo::detail {

/// The lines of a text file that are not blank.
class SeriesLines {
 public:
  /// @param op  who reads, for the text of errors
  SeriesLines(std::string_view op, const std::filesystem::path& path);

  /// The next line, without blanks at its end; nothing at the end of the file.
  std::optional<std::string_view> next();

  /// That of the last `next`, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }

  /// Throw FormatError `[op] path:line: problem`, and the same without a line.
  [[noreturn]] void fail(std::string_view problem) const;
  [[noreturn]] void fail_file(std::string_view problem) const;

 private:
  std::string_view op_;
  std::string path_;
  std::string text_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;
};

/// Cuts off what is in front of the first delimiter, without blanks around it.
std::string_view cut_field(std::string_view& rest, char delimiter);

std::string_view without_blanks(std::string_view text);

/// A number, or NaN for what is missing.
/// @return nothing if it is neither: also for an infinite one
std::optional<double> series_value(std::string_view field);

/// Where each name stands.
std::map<std::string, std::size_t, std::less<>> places_of(const std::vector<std::string>& names);

/// Collects series in two flat lists, so that a file that turns out to be damaged has cost little.
class SeriesCollector {
 public:
  /// The next value of the present series, channel by channel.
  void add_value(double value) { values_.push_back(value); }

  /// Values of the present series so far.
  [[nodiscard]] std::size_t pending() const { return values_.size() - begin_; }

  /// Whether the present series has nothing but NaN.
  [[nodiscard]] bool all_missing() const;

  /// Takes back the last values of the present series that are NaN.
  void drop_missing_end();

  /// The values since the last call are a series.
  void end_series(std::size_t line);

  [[nodiscard]] std::size_t size() const { return ends_.size(); }

  /// As tensors [L, C].
  [[nodiscard]] LabelledSeries take(std::size_t channels);

 private:
  std::vector<double> values_;
  std::vector<std::size_t> ends_;  // of each series in values_
  std::vector<std::size_t> lines_;
  std::size_t begin_ = 0;
};

}  // namespace rondo::detail
