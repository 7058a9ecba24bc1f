#include "rondo/apps/forecast_results.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/aligned_numbers.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

/// NaN becomes null.
Json to_json(const Figures& figures) {
  Json result = Json::object();
  Figures::for_each([&](const char* key, double value) { result[key] = value; }, figures);
  return result;
}

template <class FiguresOf>
Json by_method(const Comparison& comparison, FiguresOf figures_of) {
  Json result = Json::object();
  const std::vector<std::string> methods = comparison.methods();
  for (std::size_t method = 0; method < methods.size(); ++method) {
    result[methods[method]] = to_json(figures_of(method));
  }
  return result;
}

std::size_t count_origins(const Comparison& comparison) {
  std::size_t origins = 0;
  for (const TestPart& part : comparison.parts) {
    origins += part.origins.size();
  }
  return origins;
}

}  // namespace

CsvTable forecast_table(std::span<const Forecast> forecasts,
                        TimeStep step,
                        std::span<const double> quantiles) {
  std::vector<std::string> times, series, targets;
  std::vector<std::vector<double>> values(quantiles.size());
  for (const Forecast& forecast : forecasts) {
    const std::size_t horizon = forecast.quantiles.shape()[0];
    for (std::size_t h = 0; h < horizon; ++h) {
      times.push_back(to_string(advance(forecast.begin, step, static_cast<std::int64_t>(h)), step));
      series.push_back(forecast.series);
      targets.push_back(forecast.target);
      for (std::size_t q = 0; q < quantiles.size(); ++q) {
        values[q].push_back(forecast.quantiles.data()[h * quantiles.size() + q]);
      }
    }
  }
  CsvTable table;
  table.add_column("time", std::move(times));
  table.add_column("series", std::move(series));
  table.add_column("target", std::move(targets));
  for (std::size_t q = 0; q < quantiles.size(); ++q) {
    table.add_column<double>(fmt::format("{}", quantiles[q]), values[q]);
  }
  return table;
}

std::string model_name(const RunDescription& run) {
  std::string cell = run.cell;
  std::ranges::transform(cell, cell.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return fmt::format("{}({})", cell, fmt::join(run.units, ", "));
}

std::vector<std::string> method_labels(const ForecastResults& results) {
  std::vector<std::string> labels;
  for (const std::string& method : results.comparison.methods()) {
    std::string label = method == "model"          ? model_name(results.run)
                        : method == "naive"        ? "naive (the last value)"
                        : method == "holt_winters" ? "Holt-Winters"
                                                   : method;
    std::ranges::replace(label, '_', ' ');
    if (method == "seasonal_naive") {
      label += fmt::format(" ({})", *results.comparison.simple.period);
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

ReportTable comparison_table(const ForecastResults& results) {
  const Comparison& comparison = results.comparison;
  const std::vector<std::string> labels = method_labels(results);
  std::vector<Figures> means;
  std::vector<double> spreads;
  for (std::size_t method = 0; method < labels.size(); ++method) {
    means.push_back(comparison.mean(method));
    spreads.push_back(comparison.spread(method).mae);
  }
  ReportTable table{.columns = {"forecast"}};
  for (const std::string& label : labels) {
    table.rows.push_back({label});
  }
  const auto add = [&](const char* name, const std::vector<double>& values) {
    table.columns.emplace_back(name);
    const std::vector<std::string> texts = aligned_numbers(values);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      table.rows[row].push_back(std::isnan(values[row]) ? "–" : texts[row]);
    }
  };
  const auto column = [&](double Figures::*figure) {
    std::vector<double> values;
    for (const Figures& each : means) {
      values.push_back(each.*figure);
    }
    return values;
  };
  add("MAE", column(&Figures::mae));
  if (comparison.num_folds > 1) {
    add("± folds", spreads);
  }
  add("RMSE", column(&Figures::rmse));
  add("MASE", column(&Figures::mase));
  add("sMAPE %", column(&Figures::smape));
  add("weighted quantile loss", column(&Figures::weighted_quantile_loss));
  return table;
}

std::string verdict(const ForecastResults& results) {
  const Comparison& comparison = results.comparison;
  const std::vector<std::string> labels = method_labels(results);
  std::size_t best = 1;
  for (std::size_t method = 2; method < labels.size(); ++method) {
    best = comparison.mean(method).mae < comparison.mean(best).mae ? method : best;
  }
  const double model = comparison.mean(0).mae, simple = comparison.mean(best).mae;
  const std::vector<std::string> numbers = aligned_numbers(std::vector<double>{model, simple});
  if (model < simple) {
    return fmt::format(
        "{} has a mean absolute error of {}, {:.1f} % below that of {} ({}), the best simple "
        "method.",
        labels[0],
        numbers[0],
        100.0 * (1.0 - model / simple),
        labels[best],
        numbers[1]);
  }
  return fmt::format(
      "A simple method is {}: {} has a mean absolute error of {}, {} of {}. Use it, or give the "
      "model more to learn from.",
      model > simple ? "better" : "as good",
      labels[best],
      numbers[1],
      labels[0],
      numbers[0]);
}

std::vector<std::string> about_test(const ForecastResults& results) {
  const Comparison& comparison = results.comparison;
  const std::size_t steps = comparison.simple.horizon;
  std::vector<std::string> lines{
      fmt::format("{} forecasts of {} step{} each, {}.",
                  count_origins(comparison),
                  steps,
                  steps == 1 ? "" : "s",
                  comparison.num_folds > 1 ? fmt::format("from {} folds", comparison.num_folds)
                  : results.run.folds      ? std::string("from one fold")
                                           : std::string("from all rows of the test part"))};
  if (results.run.season) {
    lines.push_back(fmt::format("The period is {} (--season).", *results.run.season));
  } else if (comparison.simple.period) {
    lines.push_back(fmt::format("The period of {} was found in the training part (--season).",
                                *comparison.simple.period));
  } else {
    lines.emplace_back("No period stands out of the training part (--season).");
  }
  if (const double coverage = comparison.coverage(); !std::isnan(coverage)) {
    lines.push_back(fmt::format(
        "Coverage: {:.1f} % of the test values lie in the band from quantile {} to {}, {:.4g} % "
        "should.",
        100.0 * coverage,
        comparison.quantiles.front(),
        comparison.quantiles.back(),
        100.0 * (comparison.quantiles.back() - comparison.quantiles.front())));
  }
  return lines;
}

void print_results(const ForecastResults& results) {
  const ReportTable table = comparison_table(results);
  std::vector<std::size_t> widths{28};
  fmt::print("{:<28}", table.columns[0]);
  for (std::size_t column = 1; column < table.columns.size(); ++column) {
    std::size_t width = table.columns[column].size() + 2;
    for (const auto& row : table.rows) {
      width = std::max(width, row[column].size() + 2);
    }
    widths.push_back(width);
    fmt::print("{:>{}}", table.columns[column], width);
  }
  for (const auto& row : table.rows) {
    fmt::print("\n{:<28}", row[0]);
    for (std::size_t column = 1; column < row.size(); ++column) {
      fmt::print("{:>{}}", row[column], widths[column]);
    }
  }
  fmt::print("\n\n{}\n", verdict(results));
  for (const std::string& line : about_test(results)) {
    fmt::print("{}\n", line);
  }
}

void write_metrics(const std::string& path, const ForecastResults& results) {
  const Comparison& comparison = results.comparison;
  Json metrics = by_method(comparison, [&](std::size_t m) { return comparison.mean(m); });
  metrics["coverage"] = comparison.coverage();
  metrics["period"] = comparison.simple.period ? Json(*comparison.simple.period) : Json();
  metrics["forecasts"] = count_origins(comparison);
  metrics["folds"] = Json::array();
  for (std::size_t fold = 0; fold < comparison.num_folds; ++fold) {
    metrics["folds"].push_back(
        by_method(comparison, [&](std::size_t m) { return comparison.figures(m, fold); }));
  }
  if (comparison.num_folds > 1) {
    metrics["spread"] = by_method(comparison, [&](std::size_t m) { return comparison.spread(m); });
  }
  if (const auto targets = comparison.targets(); targets.size() > 1) {
    for (const std::string& target : targets) {
      const Comparison one = comparison.only(target);
      metrics["targets"][target] = by_method(one, [&](std::size_t m) { return one.mean(m); });
      metrics["targets"][target]["coverage"] = one.coverage();
    }
  }
  write_text(path, to_text(metrics, 2) + '\n');
}

}  // namespace rondo::apps
