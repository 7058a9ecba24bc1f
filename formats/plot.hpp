/// Line plots as SVG, drawn by the program gnuplot.
#pragma once

#include <string>
#include <vector>

namespace rondo {

/// One line: y over x; x and y have equal lengths.
struct PlotCurve {
  std::string title;
  std::vector<double> x;
  std::vector<double> y;
};

struct PlotOptions {
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
};

/// Writes the file as a whole or not at all.
/// @return false if gnuplot is not installed
/// @throws FormatError if the file cannot be written
bool plot_svg(const std::string& path,
              const std::vector<PlotCurve>& curves,
              const PlotOptions& options = {});

}  // namespace rondo
