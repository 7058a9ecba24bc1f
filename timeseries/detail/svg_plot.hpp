/// Line plots as SVG inside an HTML page, whose style sheet gives them their colours. Internal to
/// report.cpp. (formats/plot draws files of their own, in fixed colours, and needs gnuplot.)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rondo::detail {

/// For HTML: printable, and without anything that could be taken for markup.
[[nodiscard]] std::string escaped(std::string_view text);

/// x is the index of a value; NaN leaves a gap.
struct SvgLine {
  std::string name;
  std::vector<double> values;
};

struct SvgBand {
  std::string name;
  std::vector<double> low;
  std::vector<double> high;
};

struct SvgPlot {
  std::string title = {};
  std::vector<std::string> labels = {};  // of the x axis, one for each index; some are shown
  std::vector<SvgBand> bands = {};       // the widest first
  std::vector<SvgLine> lines = {};
};

/// A figure with a legend below it.
[[nodiscard]] std::string svg_figure(const SvgPlot& plot);

/// Round numbers (1, 2 or 5 · 10^k apart), about `count` of them, that lie within [low, high].
[[nodiscard]] std::vector<double> ticks(double low, double high, std::size_t count);

}  // namespace rondo::detail
