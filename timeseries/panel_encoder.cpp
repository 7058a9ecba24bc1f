#include "rondo/timeseries/panel_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/timeseries/calendar.hpp"
#include "rondo/timeseries/detail/features.hpp"
#include "rondo/timeseries/detail/panel_series.hpp"

namespace rondo {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string indicator_name(const std::string& column) {
  return column + " missing";
}

struct Role {
  const char* name;
  const std::vector<std::string>* columns;
};

std::array<Role, 4> roles_of(const PanelOptions& options) {
  return {Role{"targets", &options.targets},
          Role{"past", &options.past},
          Role{"known", &options.known},
          Role{"statics", &options.statics}};
}

}  // namespace

std::size_t FeatureColumn::width() const {
  return is_category() ? categories.size() : has_indicator ? 2 : 1;
}

void FeatureColumn::append_names(std::vector<std::string>& names) const {
  for (const std::string& category : categories) {
    names.push_back(fmt::format("{}={}", name, category));
  }
  if (!is_category()) {
    names.push_back(name);
  }
  if (has_indicator) {
    names.push_back(indicator_name(name));
  }
}

/// The last column of numbers that has no other role and is no part of the time.
void PanelEncoder::choose_targets(const Table& table) {
  if (!options_.targets.empty()) {
    return;
  }
  const auto is_free = [&](const TableColumn& column) {
    const auto roles = roles_of(options_);
    return column.kind == ColumnKind::numbers && column.name != options_.series &&
           !contains(table.times().columns, column.name) &&
           std::none_of(roles.begin(), roles.end(), [&](const Role& role) {
             return contains(*role.columns, column.name);
           });
  };
  const auto found = std::find_if(table.columns().rbegin(), table.columns().rend(), is_free);
  if (found == table.columns().rend()) {
    throw_format_error(
        "read_table",
        fmt::format(
            "{}: no column without another role holds numbers, expected one to forecast: name "
            "it (--target)",
            table.paths().front().string()));
  }
  options_.targets = {found->name};
  guesses_.push_back({fmt::format("column {} is the target: it is the last that holds numbers",
                                  in_quotes(found->name)),
                      "--target"});
}

void PanelEncoder::check_roles() const {
  std::vector<std::string> seen;
  for (const Role& role : roles_of(options_)) {
    for (const std::string& name : *role.columns) {
      if (contains(seen, name) || name == options_.series) {
        throw_argument_error(
            "PanelEncoder",
            fmt::format("column {} has two roles, or one twice: targets, past, known, statics and "
                        "series share no column",
                        in_quotes(name)));
      }
      seen.push_back(name);
    }
  }
  for (const std::string& name : options_.categories) {
    if (!contains(seen, name) || contains(options_.targets, name)) {
      throw_argument_error(
          "PanelEncoder",
          fmt::format(
              "column {} is to be one of categories, expected a column of past, known or statics",
              in_quotes(name)));
    }
  }
}

void PanelEncoder::name_columns() {
  columns_ = {};
  for (const FeatureColumn& column : encoding_.targets) {
    columns_.targets.push_back(column.name);
  }
  const auto append = [](const std::vector<FeatureColumn>& from, std::vector<std::string>& names) {
    for (const FeatureColumn& column : from) {
      column.append_names(names);
    }
  };
  append(encoding_.past, columns_.past);
  for (const FeatureColumn& column : encoding_.targets) {
    if (column.has_indicator) {
      columns_.past.push_back(indicator_name(column.name));
    }
  }
  if (encoding_.has_gaps) {
    columns_.past.emplace_back("row missing");
  }
  append(encoding_.known, columns_.known);
  for (const std::string& part : options_.calendar) {
    columns_.known.push_back(part + " (sine)");
    columns_.known.push_back(part + " (cosine)");
  }
  append(encoding_.statics, columns_.statics);
}

PanelEncoder::PanelEncoder(const Table& table, const PanelOptions& options) : options_(options) {
  if (!(options.training_part > 0.0 && options.training_part <= 1.0)) {
    throw_argument_error("PanelEncoder",
                         fmt::format("training_part is {}, expected more than 0 and at most 1",
                                     options.training_part));
  }
  choose_targets(table);
  check_roles();
  options_.table.time = table.times().columns;
  options_.table.count_rows = table.times().columns.empty();
  const detail::TableRows rows(table, nullptr);
  detail::RowFindings findings;
  auto series = detail::group_rows(rows, options_, findings);
  guesses_.insert(guesses_.end(), findings.guesses.begin(), findings.guesses.end());
  if (findings.files_are_series) {
    options_.files_are_series = findings.files_are_series;
  }
  encoding_.step = options.step.value_or(TimeStep{});
  if (!options.step) {
    encoding_.step = detail::find_step(rows, series);
  }
  check_calendar(options_.calendar, encoding_.step);
  detail::place_rows(rows, encoding_.step, options_.missing, series);
  learn(rows, series);
  name_columns();
}

void PanelEncoder::learn(const detail::TableRows& rows,
                         const std::vector<detail::SeriesRows>& series) {
  std::vector<bool> learnt(rows.size());
  for (const detail::SeriesRows& one : series) {
    const auto data_rows = static_cast<double>(detail::count_data_rows(rows, one, options_));
    const auto count = static_cast<std::size_t>(std::ceil(options_.training_part * data_rows));
    for (std::size_t i = 0; i < count; ++i) {
      learnt[one.rows[i]] = true;
    }
    const bool gaps = count > 0 && one.step_of(count - 1) != count - 1;
    encoding_.has_gaps =
        encoding_.has_gaps || (gaps && options_.missing == MissingPolicy::indicator);
  }
  const auto append = [&](const std::vector<std::string>& names,
                          std::vector<FeatureColumn>& columns,
                          bool constant) {
    for (const std::string& name : names) {
      columns.push_back(detail::learn_column(rows, name, options_, learnt, constant));
    }
  };
  for (const std::string& name : options_.targets) {
    encoding_.targets.push_back(detail::learn_numbers(rows, name, options_, learnt, false));
  }
  append(options_.past, encoding_.past, false);
  append(options_.known, encoding_.known, false);
  append(options_.statics, encoding_.statics, true);
}

EncodedPanel PanelEncoder::encode(const Table& table, const Table* future) const {
  const detail::TableRows rows(table, future);
  detail::RowFindings findings;
  auto series = detail::group_rows(rows, options_, findings);
  detail::place_rows(rows, encoding_.step, options_.missing, series);
  EncodedPanel result{.panel = {columns_, encoding_.step, {}}, .notes = std::move(findings.notes)};
  if (!encoding_.has_gaps && options_.missing == MissingPolicy::indicator &&
      std::any_of(
          series.begin(), series.end(), [](const auto& one) { return !one.steps.empty(); })) {
    result.notes.emplace_back("rows were made for gaps in time; training had none");
  }
  detail::SeriesEncoder encoder(options_, encoding_, columns_, rows, result.notes);
  for (const detail::SeriesRows& one : series) {
    result.panel.series.push_back(encoder.encode(one));
  }
  result.description = encoder.describe(result.panel);
  return result;
}

void check_known_future(const Panel& panel, std::size_t horizon) {
  for (const PanelSeries& series : panel.series) {
    const std::size_t rows =
        panel.columns.known.empty() ? horizon : series.known.shape()[0] - series.size();
    if (rows < horizon) {
      throw_format_error(
          "forecast",
          fmt::format("{}{} rows of {} are known beyond the data, expected {}: append rows without "
                      "targets, or give them as a second file",
                      series.name.empty() ? "" : fmt::format("series {}: ", in_quotes(series.name)),
                      rows,
                      listed(panel.columns.known, 5),
                      horizon));
    }
  }
}

}  // namespace rondo
