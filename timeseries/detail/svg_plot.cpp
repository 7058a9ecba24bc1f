#include "rondo/timeseries/detail/svg_plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

// In units of the drawing, which is scaled to the page.
constexpr double width = 480, height = 270;
constexpr double right = 466, top = 10, bottom = 236;
constexpr double letter = 8.6;     // the width of one in the largest size of the style sheet
constexpr std::size_t styles = 6;  // of lines, in the style sheet

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(const std::vector<double>& values) {
    for (const double value : values) {
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
};

/// Room above and below; never empty.
Range range_of(const SvgPlot& plot) {
  Range range;
  for (const SvgBand& band : plot.bands) {
    range.add(band.low);
    range.add(band.high);
  }
  for (const SvgLine& line : plot.lines) {
    range.add(line.values);
  }
  if (range.low > range.high) {
    return {0.0, 1.0};
  }
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  const double span = range.high - range.low;
  const double room = span > 1e-12 * size ? 0.04 * span : size > 0.0 ? 0.1 * size : 1.0;
  return {range.low - room, range.high + room};
}

/// From values to places.
struct Frame {
  Range range;
  std::size_t count;
  double left;

  [[nodiscard]] double x(std::size_t i) const {
    const double last = count > 1 ? static_cast<double>(count - 1) : 1.0;
    return count > 1 ? left + (right - left) * static_cast<double>(i) / last : (left + right) / 2;
  }

  [[nodiscard]] double y(double value) const {
    return bottom - (bottom - top) * (value - range.low) / (range.high - range.low);
  }
};

/// A value that stands alone between gaps is a dot, as the ends of lines are round.
std::string path_of(const std::vector<double>& values, const Frame& frame) {
  std::string path;
  bool drawing = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) {
      path += fmt::format("{}{:.1f} {:.1f}", drawing ? "L" : "M", frame.x(i), frame.y(values[i]));
      const bool alone = !drawing && (i + 1 == values.size() || !std::isfinite(values[i + 1]));
      path += alone ? "h0" : "";
      drawing = true;
    } else {
      drawing = false;
    }
  }
  return path;
}

/// Polygons between gaps: along the upper edge, back along the lower one.
std::string area_of(const SvgBand& band, const Frame& frame) {
  std::string path;
  const auto known = [&](std::size_t i) {
    return std::isfinite(band.low[i]) && std::isfinite(band.high[i]);
  };
  for (std::size_t begin = 0; begin < band.low.size(); ++begin) {
    std::size_t end = begin;
    while (end < band.low.size() && known(end)) {
      path += fmt::format(
          "{}{:.1f} {:.1f}", end == begin ? "M" : "L", frame.x(end), frame.y(band.high[end]));
      ++end;
    }
    for (std::size_t i = end; i > begin; --i) {
      path += fmt::format("L{:.1f} {:.1f}", frame.x(i - 1), frame.y(band.low[i - 1]));
    }
    path += end > begin ? "Z" : "";
    begin = end;
  }
  return path;
}

struct Tick {
  double value;
  std::string label;
};

/// With so many digits that neighbours differ: readings around 1.7e9 may lie 1 apart.
std::vector<Tick> y_ticks(const Range& range) {
  const std::vector<double> values = ticks(range.low, range.high, 5);
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  const double digits = std::ceil(std::log10(size / (range.high - range.low))) + 2.0;
  std::vector<Tick> result;
  for (const double value : values) {
    const double least = 1e-9 * (range.high - range.low);  // 0 is no 1e-17
    result.push_back({value,
                      fmt::format("{:.{}g}",
                                  std::abs(value) < least ? 0.0 : value,
                                  static_cast<int>(std::clamp(digits, 6.0, 15.0)))});
  }
  return result;
}

Frame frame_of(const SvgPlot& plot, const std::vector<Tick>& y, const Range& range) {
  std::size_t longest = 1;
  for (const Tick& tick : y) {
    longest = std::max(longest, tick.label.size());
  }
  return {range, plot.labels.size(), letter * static_cast<double>(longest) + 10.0};
}

std::string y_axis(const std::vector<Tick>& marks, const Frame& frame) {
  std::string text;
  for (const auto& [value, label] : marks) {
    const double y = frame.y(value);
    text += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}H{}\"/>", frame.left, y, right);
    text += fmt::format(
        "<text class=\"y\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", frame.left - 6, y + 4, label);
  }
  return text;
}

/// As many labels as have room beside one another, the first and the last among them.
std::string x_axis(const SvgPlot& plot, const Frame& frame) {
  std::size_t longest = 1;
  for (const std::string& label : plot.labels) {
    longest = std::max(longest, label.size());
  }
  const std::size_t last = frame.count - 1;
  const double length = right - frame.left, unit = length / static_cast<double>(last + 1);
  // The first label begins at its mark, the second has its middle there; marks lie on values.
  const double distance = 1.5 * letter * static_cast<double>(longest) + 14.0 + unit;
  const std::size_t most =
      std::clamp<std::size_t>(static_cast<std::size_t>(length / distance), 1, 5);
  const std::size_t steps = std::min(most, last);
  std::string text =
      fmt::format("<path class=\"axis\" d=\"M{:.1f} {}H{}\"/>", frame.left, bottom, right);
  for (std::size_t k = 0; k <= steps; ++k) {
    const std::size_t i = steps == 0 ? 0 : k * last / steps;
    const char* const anchor = steps == 0   ? "middle"
                               : k == 0     ? "start"
                               : k == steps ? "end"
                                            : "middle";
    text += fmt::format("<path class=\"axis\" d=\"M{:.1f} {}v4\"/>", frame.x(i), bottom);
    text += fmt::format("<text text-anchor=\"{}\" x=\"{:.1f}\" y=\"{}\">{}</text>",
                        anchor,
                        frame.x(i),
                        bottom + 18,
                        escaped(plot.labels[i]));
  }
  return text;
}

std::string legend_of(const SvgPlot& plot) {
  std::string text = "<figcaption>";
  const auto item = [&](const std::string& name, const std::string& mark) {
    text += fmt::format(
        "<span><svg class=\"key\" viewBox=\"0 0 24 12\" aria-hidden=\"true\">{}</svg>{}</span> ",
        mark,
        escaped(name));
  };
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    item(plot.lines[i].name, fmt::format("<path class=\"line l{}\" d=\"M1 6H23\"/>", i % styles));
  }
  for (const SvgBand& band : plot.bands) {
    item(band.name, "<path class=\"band\" d=\"M0 0H24V12H0Z\"/>");
  }
  return text + "</figcaption>";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::vector<double> ticks(double low, double high, std::size_t count) {
  const double rough = (high - low) / static_cast<double>(count);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double factor = rough / power;
  const double step = power * (factor <= 1.0   ? 1.0
                               : factor <= 2.0 ? 2.0
                               : factor <= 5.0 ? 5.0
                                               : 10.0);
  std::vector<double> result;
  for (double i = std::ceil(low / step); i * step <= high; ++i) {
    result.push_back(i * step + 0.0);  // never -0
  }
  return result;
}

std::string svg_figure(const SvgPlot& plot) {
  if (plot.labels.empty()) {
    return {};
  }
  const Range range = range_of(plot);
  const std::vector<Tick> marks = y_ticks(range);
  const Frame frame = frame_of(plot, marks, range);
  std::string text = fmt::format(
      "<figure><svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
      width,
      height,
      escaped(plot.title));
  text += y_axis(marks, frame) + x_axis(plot, frame);
  for (const SvgBand& band : plot.bands) {
    text += fmt::format("<path class=\"band\" d=\"{}\"/>", area_of(band, frame));
  }
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    text += fmt::format(
        "<path class=\"line l{}\" d=\"{}\"/>", i % styles, path_of(plot.lines[i].values, frame));
  }
  return text + "</svg>" + legend_of(plot) + "</figure>\n";
}

}  // namespace rondo::detail
