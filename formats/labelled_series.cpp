#include "rondo/formats/labelled_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/csv_number.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/formats/detail/ts_header.hpp"

namespace rondo {

namespace {

constexpr const char* op = "labelled series";

std::string extension_of(std::filesystem::path path) {
  if (path.extension() == ".gz") {
    path.replace_extension();
  }
  return path.extension().string();
}

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// `?` or NaN; what is empty is a mistake more often than a value that is missing.
bool is_missing(std::string_view cell) {
  constexpr std::string_view nan = "nan";
  return cell == "?" ||
         std::equal(cell.begin(), cell.end(), nan.begin(), nan.end(), [](char a, char b) {
           return a == b || a + ('a' - 'A') == b;
         });
}

/// One file while it is read.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path.string()) {
    result_.source = path_;
  }

  LabelledSeries read_tsv();
  LabelledSeries read_ts();

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw_format_error(op, fmt::format("{}:{}: {}", path_, line_, problem));
  }

  /// Calls `use(line)` for each that is not blank, without the blanks at its end.
  template <class Use>
  void for_each_line(Use use);
  [[nodiscard]] double number(std::string_view cell, std::size_t channel, std::size_t step) const;
  [[nodiscard]] std::vector<double> channel(std::string_view text, std::size_t index) const;
  void add(const std::vector<std::vector<double>>& channels);
  void take_classes(const std::vector<std::string>& classes);
  void add_label(std::string_view label);
  void add_ts(std::string_view line, const detail::TsHeader& header);
  void check_claims(const std::vector<std::vector<double>>& channels,
                    const detail::TsHeader& header) const;
  void order_classes();
  LabelledSeries finished();

  std::string path_;
  std::size_t line_ = 0;
  LabelledSeries result_;
  std::map<std::string, std::size_t, std::less<>> places_;  // of the classes in result_
};

template <class Use>
void Reader::for_each_line(Use use) {
  const std::string text = detail::read_utf8(op, path_);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++line_;
    if (!trimmed(line).empty()) {
      use(line.substr(0, line.find_last_not_of(blanks) + 1));
    }
  }
}

/// @param channel, step  counted from 1, for the error
double Reader::number(std::string_view cell, std::size_t channel, std::size_t step) const {
  const auto value = detail::csv_number(trimmed(cell), '.');
  if (value && std::isfinite(*value)) {
    return *value;
  }
  if (is_missing(trimmed(cell))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  fail(fmt::format("value {} of channel {} is {}, expected a finite number, or ? if it is missing",
                   step,
                   channel,
                   in_quotes(trimmed(cell))));
}

std::vector<double> Reader::channel(std::string_view text, std::size_t index) const {
  if (trimmed(text).empty()) {
    fail(fmt::format("channel {} is empty, expected at least one value", index));
  }
  std::vector<double> values;
  for (const std::string_view cell : split(text, ',')) {
    values.push_back(number(cell, index, values.size() + 1));
  }
  return values;
}

/// @param channels  all of one length, not empty
void Reader::add(const std::vector<std::vector<double>>& channels) {
  const std::size_t length = channels[0].size();
  Tensor<double> series({length, channels.size()});
  bool known = false;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].size() != length) {
      fail(fmt::format("channel {} has {} values, expected {}, as channel 1 has",
                       c + 1,
                       channels[c].size(),
                       length));
    }
    for (std::size_t step = 0; step < length; ++step) {
      series.data()[step * channels.size() + c] = channels[c][step];
      known = known || !std::isnan(channels[c][step]);
    }
  }
  if (!known) {
    fail("all values of the series are missing, expected at least one");
  }
  result_.series.push_back(std::move(series));
  result_.lines.push_back(line_);
}

/// Those of a header, in its order.
void Reader::take_classes(const std::vector<std::string>& classes) {
  result_.classes = classes;
  for (const std::string& name : classes) {
    places_.emplace(name, places_.size());
  }
}

/// The class of the series that was added last.
void Reader::add_label(std::string_view label) {
  if (label.empty()) {
    fail("the class is missing");
  }
  const auto [place, is_new] = places_.try_emplace(std::string(label), result_.classes.size());
  result_.labels.push_back(place->second);
  if (is_new) {
    result_.classes.emplace_back(label);
  }
}

LabelledSeries Reader::read_tsv() {
  for_each_line([&](std::string_view line) {
    const auto cells = split(line, '\t');
    if (cells.size() < 2) {
      fail(fmt::format("{} is one field, expected a class and its values, separated by tabs",
                       in_quotes(trimmed(line))));
    }
    std::vector<double> values;
    for (std::size_t i = 1; i < cells.size(); ++i) {
      values.push_back(number(cells[i], 1, i));
    }
    while (!values.empty() && std::isnan(values.back())) {
      values.pop_back();
    }
    if (values.empty()) {
      fail("the series is empty, expected at least one value");
    }
    add({values});
    add_label(trimmed(cells[0]));
  });
  order_classes();
  return finished();
}

void Reader::check_claims(const std::vector<std::vector<double>>& channels,
                          const detail::TsHeader& header) const {
  const std::size_t expected = header.univariate == true ? 1 : header.dimensions.value_or(0);
  if (expected != 0 && channels.size() != expected) {
    fail(fmt::format("{} channels, expected {}, as {} says",
                     channels.size(),
                     expected,
                     header.univariate == true ? "@univariate true" : "@dimensions"));
  }
  if (!result_.series.empty() && channels.size() != result_.channels()) {
    fail(fmt::format("{} channels, expected {}, as in line {}",
                     channels.size(),
                     result_.channels(),
                     result_.lines[0]));
  }
  const bool equal = header.equal_length.value_or(header.series_length.has_value());
  if (equal) {  // otherwise @seriesLength is that of the longest
    const std::size_t first =
        result_.series.empty() ? channels[0].size() : result_.series[0].shape()[0];
    const std::size_t length = header.series_length.value_or(first);
    if (channels[0].size() != length) {
      fail(fmt::format("{} values in a channel, expected {}, as {} says",
                       channels[0].size(),
                       length,
                       header.series_length ? "@seriesLength" : "@equalLength true"));
    }
  }
  const bool missing = std::any_of(channels.begin(), channels.end(), [](const auto& values) {
    return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
  });
  if (missing && header.missing == false) {
    fail("a value is missing, and the header says @missing false: write @missing true there");
  }
}

void Reader::add_ts(std::string_view line, const detail::TsHeader& header) {
  auto parts = split(line, ':');
  const std::string_view label = *header.labelled ? trimmed(parts.back()) : std::string_view();
  if (*header.labelled) {
    parts.pop_back();
  }
  if (parts.empty()) {
    fail("there is no colon, expected channels and a class, separated by colons");
  }
  std::vector<std::vector<double>> channels;
  for (const std::string_view part : parts) {
    channels.push_back(channel(part, channels.size() + 1));
  }
  check_claims(channels, header);
  add(channels);
  if (!*header.labelled) {
    return;
  }
  if (!places_.contains(label)) {
    fail(fmt::format("the class is {}, expected one of @classLabel: {}",
                     in_quotes(label),
                     listed(header.classes, 20)));
  }
  add_label(label);
}

LabelledSeries Reader::read_ts() {
  detail::TsHeader header;
  bool data = false;
  for_each_line([&](std::string_view line) {
    const std::string_view text = trimmed(line);
    if (text.starts_with('#') || (!data && text.starts_with('%'))) {
      return;
    }
    if (data) {
      add_ts(text, header);
    } else {
      data = header.read_line(text, [&](const std::string& problem) { fail(problem); });
      if (data) {
        take_classes(header.classes);
      }
    }
  });
  if (!data) {
    throw_format_error(op, fmt::format("{}: the file ends without @data", path_));
  }
  return finished();
}

/// By number if all are numbers, otherwise as texts: the order of lines means nothing.
void Reader::order_classes() {
  const std::vector<std::string> seen = result_.classes;
  std::vector<std::string>& classes = result_.classes;
  const auto value = [](const std::string& name) { return detail::csv_number(name, '.'); };
  const bool numbers = std::all_of(seen.begin(), seen.end(), value);
  std::sort(classes.begin(), classes.end(), [&](const std::string& a, const std::string& b) {
    return numbers && *value(a) != *value(b) ? *value(a) < *value(b) : a < b;
  });
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    place[classes[i]] = i;
  }
  for (std::size_t& label : result_.labels) {
    label = place[seen[label]];
  }
}

LabelledSeries Reader::finished() {
  if (result_.series.empty()) {
    throw_format_error(op, fmt::format("{}: there are no series", path_));
  }
  return std::move(result_);
}

}  // namespace

bool is_labelled_series(const std::filesystem::path& path) {
  const std::string extension = extension_of(path);
  return extension == ".ts" || extension == ".tsv";
}

LabelledSeries read_labelled_series(const std::filesystem::path& path) {
  if (!is_labelled_series(path)) {
    throw_format_error(
        op, fmt::format("{}: expected a file whose name ends in .ts or .tsv", path.string()));
  }
  Reader reader(path);
  return extension_of(path) == ".ts" ? reader.read_ts() : reader.read_tsv();
}

}  // namespace rondo
