#include "rondo/formats/ts.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/ts_header.hpp"

namespace rondo {

namespace {

using detail::SeriesLines;
using detail::TsHeader;

/// Reads the lines behind the header.
class TsBody {
 public:
  TsBody(SeriesLines& lines, const TsHeader& header)
      : lines_(lines),
        header_(header),
        class_names_(sorted_class_names(header.classes)),
        places_(detail::places_of(class_names_)) {}

  LabelledSeries read() {
    while (const auto line = lines_.next()) {
      const std::string_view text = detail::without_blanks(*line);
      if (!text.starts_with('#')) {
        read_series(text);
      }
    }
    if (collector_.size() == 0) {
      lines_.fail_file("holds no series behind @data");
    }
    LabelledSeries result = collector_.take(channels_);
    result.name = header_.name;
    result.class_names = std::move(class_names_);
    result.labels = std::move(labels_);
    return result;
  }

 private:
  void read_series(std::string_view line) {
    std::string_view label;
    if (header_.labelled) {
      const std::size_t colon = line.rfind(':');
      if (colon == line.npos) {
        lines_.fail("there is no ':' and so no label behind the values");
      }
      label = detail::without_blanks(line.substr(colon + 1));
      line = line.substr(0, colon);
    }
    const std::size_t channels =
        static_cast<std::size_t>(std::count(line.begin(), line.end(), ':')) + 1;
    std::size_t length = 0;
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const std::size_t found = read_channel(detail::cut_field(line, ':'), channel);
      if (channel > 0 && found != length) {
        lines_.fail(
            fmt::format("channel {} has {} values, channel 1 has {}: all channels of a "
                        "series must be equally long",
                        channel + 1,
                        found,
                        length));
      }
      length = found;
    }
    if (collector_.all_missing()) {
      lines_.fail("all values of the series are missing");
    }
    check_channels(channels);
    check_length(length);
    if (header_.labelled) {
      add_label(label);
    }
    collector_.end_series(lines_.line());
  }

  /// @return the number of its values
  std::size_t read_channel(std::string_view values, std::size_t channel) {
    const auto place = [&](std::size_t field) {
      return channel == 0 ? fmt::format("value {}", field)
                          : fmt::format("value {} of channel {}", field, channel + 1);
    };
    if (values.empty()) {
      lines_.fail(fmt::format("channel {} has no values", channel + 1));
    }
    const bool ends_in_comma = values.ends_with(',');
    std::size_t count = 0;
    while (!values.empty()) {
      const std::string_view text = detail::cut_field(values, ',');
      const auto value = detail::series_value(text);
      ++count;
      if (!value) {
        lines_.fail(
            fmt::format("{} is {}, expected a number, ? or NaN", place(count), in_quotes(text)));
      }
      if (std::isnan(*value) && header_.no_missing) {
        lines_.fail(fmt::format("{} is missing, but line {} says @missing false",
                                place(count),
                                header_.no_missing->line));
      }
      collector_.add_value(*value);
    }
    if (ends_in_comma) {
      lines_.fail(fmt::format("{} is '', expected a number, ? or NaN", place(count + 1)));
    }
    return count;
  }

  void check_channels(std::size_t channels) {
    const std::size_t expected = header_.channels   ? header_.channels->value
                                 : first_line_ == 0 ? channels
                                                    : channels_;
    if (channels != expected) {
      lines_.fail(fmt::format("{} channels, expected {} as in line {}",
                              channels,
                              expected,
                              header_.channels ? header_.channels->line : first_line_));
    }
    channels_ = channels;
  }

  void check_length(std::size_t length) {
    if (first_line_ == 0) {
      first_line_ = lines_.line();
      first_length_ = length;
    }
    if (header_.length && length != header_.length->value) {
      lines_.fail(fmt::format("{} values, expected {} (@seriesLength, line {})",
                              length,
                              header_.length->value,
                              header_.length->line));
    }
    if (header_.equal_length && length != first_length_) {
      lines_.fail(
          fmt::format("{} values, expected {} as in line {}: line {} says @equalLength true",
                      length,
                      first_length_,
                      first_line_,
                      header_.equal_length->line));
    }
  }

  void add_label(std::string_view label) {
    const auto place = places_.find(label);
    if (place == places_.end()) {
      lines_.fail(fmt::format("the label is {}, @classLabel of the header has {}",
                              in_quotes(label),
                              listed(class_names_, 10)));
    }
    labels_.push_back(place->second);
  }

  SeriesLines& lines_;
  const TsHeader& header_;
  detail::SeriesCollector collector_;
  std::vector<std::string> class_names_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<std::size_t> labels_;
  std::size_t channels_ = 0;
  std::size_t first_line_ = 0;
  std::size_t first_length_ = 0;
};

}  // namespace

LabelledSeries read_ts(const std::filesystem::path& path) {
  SeriesLines lines("read_ts", path);
  const TsHeader header = detail::read_ts_header(lines);
  return TsBody(lines, header).read();
}

}  // namespace rondo
