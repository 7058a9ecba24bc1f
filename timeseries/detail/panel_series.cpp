#include "rondo/timeseries/detail/panel_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/timeseries/calendar.hpp"

namespace rondo::detail {

namespace {

/// `43,824`
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) {
    digits.insert(end - 3, ",");
  }
  return digits;
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

}  // namespace

SeriesEncoder::SeriesEncoder(const PanelOptions& options,
                             const PanelEncoding& encoding,
                             const PanelColumns& columns,
                             const TableRows& rows,
                             std::vector<std::string>& notes)
    : options_(options),
      encoding_(encoding),
      columns_(columns),
      rows_(rows),
      notes_(notes),
      targets_(read_features(encoding.targets, rows, notes)),
      past_(read_features(encoding.past, rows, notes)),
      known_(read_features(encoding.known, rows, notes)),
      statics_(read_features(encoding.statics, rows, notes)) {
  counts_.missing_targets.resize(targets_.size());
  counts_.missing_past.resize(past_.size());
}

/// With the rows of gaps.
std::size_t SeriesEncoder::length_of_data(const SeriesRows& series) const {
  const std::size_t rows = count_data_rows(rows_, series, options_);
  if (rows == 0) {
    rows_.fail(
        series.rows.front(),
        fmt::format("no row{} has a value in {}, expected some: fill them in or leave the rows out",
                    series.name.empty() ? "" : fmt::format(" of series {}", in_quotes(series.name)),
                    in_quotes(encoding_.targets.front().name)));
  }
  return series.step_of(rows - 1) + 1;
}

void SeriesEncoder::write_targets(const SeriesRows& series, PanelSeries& to) const {
  const std::size_t rows = to.targets.shape()[0], width = targets_.size();
  std::fill_n(to.targets.data(), to.targets.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < series.rows.size() && series.step_of(i) < rows; ++i) {
    for (std::size_t target = 0; target < width; ++target) {
      const double value = targets_[target][series.rows[i]];
      to.targets.data()[series.step_of(i) * width + target] = value;
      if (std::isnan(value) && options_.missing == MissingPolicy::refuse) {
        rows_.fail(
            series.rows[i],
            fmt::format(
                "column {} is empty, expected a value: fill it in, or choose how to (--missing)",
                in_quotes(encoding_.targets[target].name)));
      }
    }
  }
}

/// @return the columns that were written
std::size_t SeriesEncoder::write_features(const std::vector<Feature>& features,
                                          const SeriesRows& series,
                                          Tensor<double>& to) const {
  const std::size_t rows = to.shape()[0], stride = to.shape()[1];
  std::size_t column = 0;
  for (const Feature& feature : features) {
    const std::size_t filled =
        write_feature(feature, series, rows_, options_.missing, {to.data() + column, stride, rows});
    if (filled > 0 && options_.missing == MissingPolicy::indicator) {
      notes_.push_back(fmt::format(
          "{}{}: {} missing, filled with the value before, for training had no indicator of that",
          printable(feature.column().name),
          series.name.empty() ? "" : " of " + in_quotes(series.name),
          grouped(filled)));
    }
    column += feature.column().width();
  }
  return column;
}

void SeriesEncoder::write_past(const SeriesRows& series, PanelSeries& to) const {
  std::size_t column = write_features(past_, series, to.past);
  const std::size_t rows = to.past.shape()[0], stride = to.past.shape()[1];
  for (std::size_t target = 0; target < targets_.size(); ++target) {
    if (encoding_.targets[target].has_indicator) {
      for (std::size_t row = 0; row < rows; ++row) {
        const bool missing = std::isnan(to.targets.data()[row * targets_.size() + target]);
        to.past.data()[row * stride + column] = missing ? 1.0 : 0.0;
      }
      ++column;
    }
  }
  if (encoding_.has_gaps) {
    for (std::size_t row = 0; row < rows; ++row) {
      to.past.data()[row * stride + column] = 1.0;
    }
    for (std::size_t i = 0; i < series.rows.size() && series.step_of(i) < rows; ++i) {
      to.past.data()[series.step_of(i) * stride + column] = 0.0;
    }
  }
}

void SeriesEncoder::write_known(const SeriesRows& series, PanelSeries& to) const {
  std::size_t column = write_features(known_, series, to.known);
  const std::size_t rows = to.known.shape()[0], stride = to.known.shape()[1];
  for (const std::string& part : options_.calendar) {
    for (std::size_t row = 0; row < rows; ++row) {
      const TimePoint point = advance(to.begin, encoding_.step, static_cast<std::int64_t>(row));
      const auto place = calendar_feature(part, point);
      std::copy(place.begin(), place.end(), to.known.data() + row * stride + column);
    }
    column += 2;
  }
}

void SeriesEncoder::write_statics(const SeriesRows& series, PanelSeries& to) const {
  for (const Feature& feature : statics_) {
    const auto known = std::find_if(series.rows.begin(), series.rows.end(), [&](std::uint32_t row) {
      return !std::isnan(feature[row]);
    });
    for (auto row = known; row != series.rows.end(); ++row) {
      if (!std::isnan(feature[*row]) && feature[*row] != feature[*known]) {
        rows_.fail(
            *row,
            fmt::format(
                "column {} changes within {}, expected the value of {}: it is no static column",
                in_quotes(feature.column().name),
                series.name.empty() ? "the series" : "series " + in_quotes(series.name),
                rows_.location(*known)));
      }
    }
    std::vector<double> columns(feature.column().width());
    SeriesRows one{.rows = {known == series.rows.end() ? series.rows.front() : *known},
                   .length = 1};
    write_feature(feature, one, rows_, options_.missing, {columns.data(), columns.size(), 1});
    to.statics.insert(to.statics.end(), columns.begin(), columns.end());
  }
}

void SeriesEncoder::count(const SeriesRows& series, std::size_t data_rows) {
  std::size_t rows = 0;
  const auto add = [](const std::vector<Feature>& features,
                      std::uint32_t row,
                      std::vector<std::size_t>& missing) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      missing[i] += std::isnan(features[i][row]) ? 1 : 0;
    }
  };
  for (; rows < series.rows.size() && series.step_of(rows) < data_rows; ++rows) {
    add(targets_, series.rows[rows], counts_.missing_targets);
    add(past_, series.rows[rows], counts_.missing_past);
    counts_.gaps += rows > 0 && series.step_of(rows) != series.step_of(rows - 1) + 1 ? 1 : 0;
  }
  counts_.rows += rows;
  counts_.gap_rows += data_rows - rows;
}

PanelSeries SeriesEncoder::encode(const SeriesRows& series) {
  const std::size_t rows = length_of_data(series);
  const std::size_t beyond = known_.empty() && !options_.calendar.empty()
                                 ? std::max(series.length - rows, options_.horizon)
                                 : series.length - rows;
  count(series, rows);
  PanelSeries to{.name = series.name,
                 .begin = series.points.front(),
                 .targets = Tensor<double>({rows, targets_.size()}),
                 .past = Tensor<double>({rows, columns_.past.size()}),
                 .known = Tensor<double>({rows + beyond, columns_.known.size()})};
  write_targets(series, to);
  write_past(series, to);
  write_known(series, to);
  write_statics(series, to);
  return to;
}

std::string SeriesEncoder::describe(const Panel& panel) const {
  TimePoint first = panel.series.front().begin, last = first;
  for (const PanelSeries& series : panel.series) {
    first = std::min(first, series.begin);
    last = std::max(
        last, advance(series.begin, panel.step, static_cast<std::int64_t>(series.size()) - 1));
  }
  const bool rows_only = panel.step == TimeStep{} && rows_.are_counted();
  std::string text = rows_only ? "" : to_string(panel.step) + ", ";
  text += panel.series.size() == 1 ? "" : counted(panel.series.size(), "series", "series") + ", ";
  text += counted(counts_.rows, "row", "rows");
  text += rows_only
              ? ""
              : fmt::format(
                    " from {} to {}", to_string(first, panel.step), to_string(last, panel.step));
  if (counts_.gaps > 0) {
    text += fmt::format(", {} ({})",
                        counted(counts_.gaps, "gap", "gaps"),
                        counted(counts_.gap_rows, "row", "rows"));
  }
  const auto add = [&](const std::vector<Feature>& features,
                       const std::vector<std::size_t>& missing) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      text += missing[i] == 0 ? ""
                              : fmt::format(", {} missing in {}",
                                            grouped(missing[i]),
                                            printable(features[i].column().name));
    }
  };
  add(targets_, counts_.missing_targets);
  add(past_, counts_.missing_past);
  return text;
}

}  // namespace rondo::detail
