#include "rondo/apps/search_results.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/apps/aligned_numbers.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/formats/plot.hpp"

namespace rondo::apps {

namespace {

CsvTable table_of(const SearchResults& results) {
  const std::vector<SearchedTrial>& trials = results.trials;
  CsvTable table;
  const auto add = [&](const std::string& name, auto cell) {
    std::vector<std::string> cells;
    for (std::size_t place = 0; place < trials.size(); ++place) {
      cells.push_back(cell(place));
    }
    table.add_column(name, std::move(cells));
  };
  add("trial", [&](std::size_t i) { return std::to_string(trials[i].trial.number + 1); });
  for (std::size_t k = 0; k < trials[0].options.size(); ++k) {
    add(trials[0].options[k].first, [&](std::size_t i) { return trials[i].options[k].second; });
  }
  add("rung", [&](std::size_t i) { return std::to_string(trials[i].trial.rung + 1); });
  add("epochs", [&](std::size_t i) { return std::to_string(trials[i].result.epochs); });
  add(results.monitored, [&](std::size_t i) {
    const double value = trials[i].trial.value;
    return std::isnan(value) ? std::string() : fmt::format("{}", value);
  });
  add("status", [&](std::size_t i) { return results.status(i); });
  return table;
}

/// A line for each rung: its trials from the best one to the worst.
std::vector<PlotCurve> curves_of(const SearchResults& results) {
  std::vector<PlotCurve> curves;
  for (std::size_t rung = 0; rung < results.schedule.size(); ++rung) {
    PlotCurve curve{
        .title = fmt::format("rung {}, {} epochs", rung + 1, results.schedule[rung].epochs),
        .x = {},
        .y = {}};
    for (const SearchedTrial& trial : results.trials) {
      if (!std::isnan(trial.values.at(rung))) {
        curve.y.push_back(trial.values[rung]);
      }
    }
    std::sort(curve.y.begin(), curve.y.end());
    for (std::size_t place = 1; place <= curve.y.size(); ++place) {
      curve.x.push_back(static_cast<double>(place));
    }
    if (curve.y.size() > 1) {  // one alone makes no line
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

}  // namespace

std::string SearchResults::status(std::size_t place) const {
  const SearchedTrial& trial = trials.at(place);
  if (std::isnan(trial.trial.value)) {
    return "failed: " + trial.result.problem;
  }
  if (place == 0) {
    return "best";
  }
  return trial.trial.rung + 1 == schedule.size()
             ? "done"
             : fmt::format("left in rung {}", trial.trial.rung + 1);
}

void write_trials(const ResultFolder& folder, const SearchResults& results) {
  write_csv(folder.path("trials.csv"), table_of(results));
  const std::vector<PlotCurve> curves = curves_of(results);
  if (curves.empty()) {
    return;
  }
  write_aside([&] {
    const std::string file = folder.path("trials.svg");
    if (!plot_svg(
            file,
            curves,
            {.title = "Trials of each rung", .x_label = "place", .y_label = results.monitored})) {
      notice("{} is not drawn: the program gnuplot is missing", file);
    }
  });
}

void print_trials(const SearchResults& results) {
  constexpr std::size_t most = 10;
  const std::size_t count = std::min(most, results.trials.size());
  const CsvTable table = table_of(results);
  std::vector<double> values;
  for (const SearchedTrial& trial : results.trials) {
    values.push_back(trial.trial.value);
  }
  values.resize(count);
  std::vector<std::string> lines(count + 1);
  for (const std::string& name : table.names()) {
    const auto texts = table.text(name);
    std::vector<std::string> cells(texts.begin(),
                                   texts.begin() + static_cast<std::ptrdiff_t>(count));
    if (name == results.monitored) {
      cells = aligned_numbers(values);
    }
    cells.insert(cells.begin(), name);
    std::size_t width = 0;
    for (std::string& cell : cells) {
      cell = printable(cell);
      width = std::max(width, cell.size());
    }
    for (std::size_t i = 0; i <= count; ++i) {
      lines[i] += name == "status" ? cells[i] : fmt::format("{:>{}}  ", cells[i], width);
    }
  }
  for (const std::string& line : lines) {
    fmt::print("{}\n", line);
  }
  if (count < results.trials.size()) {
    fmt::print("… {} more in trials.csv\n", results.trials.size() - count);
  }
}

}  // namespace rondo::apps
