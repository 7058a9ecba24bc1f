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

/// Writes the file as a whole or not at all. Path and titles may be any text: gnuplot gets to see
/// neither a path nor anything that it could take for a command; the user's settings of gnuplot are
/// not read.
/// @return false if gnuplot is not installed
/// @throws FormatError if gnuplot draws no whole picture, or the file cannot be written
bool plot_svg(const std::string& path,
              const std::vector<PlotCurve>& curves,
              const PlotOptions& options = {});

}  // namespace rondo
