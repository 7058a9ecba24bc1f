#include "rondo/timeseries/report.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/timeseries/detail/report_style.hpp"
#include "rondo/timeseries/detail/svg_plot.hpp"

namespace rondo {

namespace {

using detail::escaped;

void check_length(const std::string& title,
                  const char* part,
                  std::size_t length,
                  std::size_t expected) {
  if (length != expected) {
    throw_shape_error(
        "report",
        fmt::format(
            "{}: {} has {} entries, expected {}", in_quotes(title), part, length, expected));
  }
}

std::string heading(const std::string& title) {
  return title.empty() ? "" : fmt::format("<h3>{}</h3>\n", escaped(title));
}

std::string cells(const char* tag, const std::vector<std::string>& texts) {
  std::string row;
  for (const std::string& text : texts) {
    row += fmt::format("<{0}>{1}</{0}>", tag, escaped(text));
  }
  return fmt::format("<tr>{}</tr>\n", row);
}

std::string html_of(const ReportTable& table) {
  std::string text = heading(table.title) + "<div class=\"scroll\"><table>\n<thead>" +
                     cells("th", table.columns) + "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    check_length(table.title, "a row", row.size(), table.columns.size());
    text += cells("td", row);
  }
  text += "</tbody></table></div>\n";
  return table.note.empty() ? text
                            : text + fmt::format("<p class=\"note\">{}</p>\n", escaped(table.note));
}

/// The darker a cell, the larger its share of the actual class.
std::string confusion_row(const std::string& name, const std::vector<std::size_t>& counts) {
  const auto all = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  std::string row = fmt::format("<tr><th scope=\"row\">{}</th>", escaped(name));
  for (const std::size_t count : counts) {
    const double share = all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0.0;
    row += fmt::format("<td style=\"--share:{:.3f}\">{}</td>", share, count);
  }
  return row + "</tr>\n";
}

std::string html_of(const ReportConfusion& confusion) {
  const std::size_t classes = confusion.classes.size();
  check_length(confusion.title, "counts", confusion.counts.size(), classes);
  std::string text = heading(confusion.title) +
                     "<p class=\"note\">Rows are what the series were, columns what was said.</p>\n"
                     "<div class=\"scroll\"><table class=\"confusion\">\n<thead><tr><td></td>";
  for (const std::string& name : confusion.classes) {
    text += fmt::format("<th scope=\"col\">{}</th>", escaped(name));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t c = 0; c < classes; ++c) {
    check_length(confusion.title, "a row of counts", confusion.counts[c].size(), classes);
    text += confusion_row(confusion.classes[c], confusion.counts[c]);
  }
  return text + "</tbody></table></div>\n";
}

std::string html_of(const ReportCurves& curves) {
  detail::SvgPlot plot{.title = curves.title};
  std::size_t epochs = 0;
  for (const ReportCurve& curve : curves.curves) {
    plot.lines.push_back({curve.name, curve.values});
    epochs = std::max(epochs, curve.values.size());
  }
  for (std::size_t epoch = 1; epoch <= epochs; ++epoch) {
    plot.labels.push_back(fmt::format("epoch {}", epoch));
  }
  return heading(curves.title) + svg_figure(plot);
}

/// Bands from the outside to the inside, and the median.
void add_quantiles(detail::SvgPlot& plot, std::vector<ReportQuantile> quantiles) {
  std::sort(quantiles.begin(), quantiles.end(), [](const auto& a, const auto& b) {
    return a.level < b.level;
  });
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    ReportQuantile& low = quantiles[i];
    const auto high = std::find_if(quantiles.begin(), quantiles.end(), [&](const auto& other) {
      return std::abs(low.level + other.level - 1.0) < 1e-9;
    });
    if (std::abs(low.level - 0.5) < 1e-9) {
      plot.lines.push_back({"forecast (median)", low.values});
    } else if (high == quantiles.end()) {
      plot.lines.push_back({fmt::format("quantile {:g}", low.level), low.values});
    } else if (low.level < 0.5) {
      const double share = 100.0 * (high->level - low.level);
      plot.bands.push_back({fmt::format("{:.4g} % band", share), low.values, high->values});
    }
  }
}

std::string html_of(const ReportForecast& forecast) {
  const std::size_t steps = forecast.times.size();
  check_length(forecast.title, "actual", forecast.actual.size(), steps);
  for (const ReportQuantile& quantile : forecast.quantiles) {
    check_length(forecast.title, "a quantile", quantile.values.size(), steps);
  }
  detail::SvgPlot plot{.title = forecast.title, .labels = forecast.times};
  plot.lines.push_back({"actual", forecast.actual});
  add_quantiles(plot, forecast.quantiles);
  return heading(forecast.title) + svg_figure(plot);
}

template <class Part>
std::string section(const char* title, const std::vector<Part>& parts) {
  if (parts.empty()) {
    return {};
  }
  std::string text = fmt::format("<section>\n<h2>{}</h2>\n", title);
  for (const Part& part : parts) {
    text += html_of(part);
  }
  return text + "</section>\n";
}

std::string guesses_of(const std::vector<std::string>& guesses) {
  if (guesses.empty()) {
    return {};
  }
  std::string text = "<section>\n<h2>What was guessed</h2>\n<ul>\n";
  for (const std::string& guess : guesses) {
    text += fmt::format("<li>{}</li>\n", escaped(guess));
  }
  return text + "</ul>\n</section>\n";
}

}  // namespace

std::string report_html(const Report& report) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n",
      escaped(report.title),
      detail::report_style);
  for (const std::string& sentence : report.summary) {
    text += fmt::format("<p>{}</p>\n", escaped(sentence));
  }
  text += section("Forecasts", report.forecasts);
  text += section("Comparison", report.comparisons);
  text += section("Confusion matrix", report.confusions);
  text += section("Learning curves", report.curves);
  text += section("The data", report.data);
  text += guesses_of(report.guesses);
  if (!report.command.empty()) {
    text += fmt::format("<section>\n<h2>To repeat this run</h2>\n<pre>{}</pre>\n</section>\n",
                        escaped(report.command));
  }
  return text + "</body>\n</html>\n";
}

void write_report(const std::filesystem::path& path, const Report& report) {
  write_text(path, report_html(report));
}

}  // namespace rondo
