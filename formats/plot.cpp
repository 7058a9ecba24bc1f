#include "rondo/formats/plot.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// A string as gnuplot reads it.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? "''" : c == '\n' ? " " : std::string(1, c);
  }
  return result + "'";
}

std::string script(const std::string& path,
                   const std::vector<PlotCurve>& curves,
                   const PlotOptions& options) {
  std::string text = fmt::format(
      "set terminal svg size 1000,450 background rgb 'white' noenhanced\n"
      "set output {}\nset title {}\nset xlabel {}\nset ylabel {}\nset grid\nset key top left\n",
      quoted(path),
      quoted(options.title),
      quoted(options.x_label),
      quoted(options.y_label));
  auto out = std::back_inserter(text);
  for (std::size_t k = 0; k < curves.size(); ++k) {
    fmt::format_to(
        out, "{} '-' with lines lw 1.5 title {}", k == 0 ? "plot" : ",", quoted(curves[k].title));
  }
  text += '\n';
  for (const PlotCurve& curve : curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      fmt::format_to(out, "{} {}\n", curve.x[i], curve.y[i]);
    }
    text += "e\n";
  }
  return text;
}

}  // namespace

bool plot_svg(const std::string& path,
              const std::vector<PlotCurve>& curves,
              const PlotOptions& options) {
  if (std::system("command -v gnuplot > /dev/null 2>&1") != 0) {
    return false;
  }
  const std::string temporary = path + ".tmp";
  std::FILE* const pipe = popen("gnuplot > /dev/null 2>&1", "w");
  const std::string text = script(temporary, curves, options);
  const bool sent =
      pipe != nullptr && std::fwrite(text.data(), 1, text.size(), pipe) == text.size();
  const bool drawn = pipe != nullptr && pclose(pipe) == 0;
  std::error_code error;
  if (sent && drawn) {
    std::filesystem::rename(temporary, path, error);
  }
  if (!sent || !drawn || error) {
    std::filesystem::remove(temporary, error);
    throw_format_error("plot", fmt::format("{} cannot be written", path));
  }
  return true;
}

}  // namespace rondo
