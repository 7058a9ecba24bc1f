#include "rondo/timeseries/detail/features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/timeseries/detail/missing.hpp"

namespace rondo::detail {

namespace {

bool is_category(const TableRows& rows, const std::string& name, const PanelOptions& options) {
  const auto& named = options.categories;
  return std::find(named.begin(), named.end(), name) != named.end() ||
         rows.table().holds_categories(name);
}

[[noreturn]] void fail_column(const TableRows& rows,
                              const std::string& name,
                              std::string_view problem) {
  throw_format_error(
      "read_table",
      fmt::format(
          "{}: column {} {}", rows.table().paths().front().string(), in_quotes(name), problem));
}

[[noreturn]] void fail_empty(const TableRows& rows,
                             const std::string& name,
                             const PanelOptions& options) {
  fail_column(rows,
              name,
              options.training_part < 1.0
                  ? "is empty in all rows of the training part: leave it out"
                  : "is empty in all rows: leave it out");
}

[[noreturn]] void fail_constant(const TableRows& rows,
                                const std::string& name,
                                const std::string& value) {
  fail_column(
      rows, name, fmt::format("holds {} in all rows, so it tells nothing: leave it out", value));
}

FeatureColumn learn_categories(const TableRows& rows,
                               const std::string& name,
                               const PanelOptions& options,
                               const std::vector<bool>& learnt,
                               bool may_be_constant) {
  const TextColumn texts = rows.texts(name);
  std::vector<bool> seen(texts.categories.size());
  bool some_missing = false;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::int32_t code = texts.codes[row];
    some_missing = some_missing || code == TableColumn::no_text;
    if (learnt[row] && code != TableColumn::no_text) {
      seen[static_cast<std::size_t>(code)] = true;
    }
  }
  FeatureColumn column{.name = name};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i]) {
      column.categories.push_back(texts.categories[i]);
    }
  }
  const std::size_t count = column.categories.size();
  if (count == 0) {
    fail_empty(rows, name, options);
  }
  if (texts.categories.size() == 1 && !some_missing && !may_be_constant) {
    fail_constant(rows, name, in_quotes(texts.categories[0]));
  }
  if (count > options.most_categories) {
    fail_column(rows,
                name,
                fmt::format("holds {} different values, expected at most {}, for each becomes a "
                            "column: leave it out, "
                            "or allow more (--most-categories)",
                            count,
                            options.most_categories));
  }
  std::sort(column.categories.begin(), column.categories.end());
  return column;
}

}  // namespace

FeatureColumn learn_numbers(const TableRows& rows,
                            const std::string& name,
                            const PanelOptions& options,
                            const std::vector<bool>& learnt,
                            bool may_be_constant) {
  const std::vector<double> values = rows.numbers(name);
  double sum = 0.0, least = missing_value, most = missing_value;
  std::size_t count = 0, gone = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const bool is_missing = std::isnan(values[row]);
    least = std::fmin(least, values[row]);
    most = std::fmax(most, values[row]);
    sum += learnt[row] && !is_missing ? values[row] : 0.0;
    count += learnt[row] && !is_missing ? 1 : 0;
    gone += learnt[row] && is_missing ? 1 : 0;
  }
  if (count == 0) {
    fail_empty(rows, name, options);
  }
  if (least == most && !may_be_constant) {
    fail_constant(rows, name, fmt::format("{}", least));
  }
  return {.name = name,
          .mean = sum / static_cast<double>(count),
          .has_indicator = options.missing == MissingPolicy::indicator && gone > 0};
}

FeatureColumn learn_column(const TableRows& rows,
                           const std::string& name,
                           const PanelOptions& options,
                           const std::vector<bool>& learnt,
                           bool may_be_constant) {
  return is_category(rows, name, options)
             ? learn_categories(rows, name, options, learnt, may_be_constant)
             : learn_numbers(rows, name, options, learnt, may_be_constant);
}

namespace {

/// Numbers from row to row, in place.
class Filler {
 public:
  explicit Filler(ColumnPlace column) : column_(column) {}

  double& operator[](std::size_t row) { return column_.first[row * column_.stride]; }

  /// The first row from `from` on whose being missing is `wanted`.
  std::size_t find(std::size_t from, bool wanted) {
    while (from < column_.rows && std::isnan((*this)[from]) != wanted) {
      ++from;
    }
    return from;
  }

  /// @param linear  on a line between the values on both sides
  void fill(double otherwise, bool linear) {
    for (std::size_t from = find(0, true); from < column_.rows; from = find(from, true)) {
      const std::size_t to = find(from, false);
      const bool before = from > 0, after = to < column_.rows;
      const double left = before ? (*this)[from - 1] : after ? (*this)[to] : otherwise;
      const double right = linear && before && after ? (*this)[to] : left;
      const double slope = (right - left) / static_cast<double>(to - from + 1);
      for (std::size_t row = from; row < to; ++row) {
        (*this)[row] = left + slope * static_cast<double>(row - from + 1);
      }
      from = to;
    }
  }

 private:
  ColumnPlace column_;
};

void check_complete(const Feature& feature, const SeriesRows& series, const TableRows& rows) {
  for (const std::uint32_t row : series.rows) {
    if (std::isnan(feature[row])) {
      rows.fail(
          row,
          fmt::format(
              "column {} is empty, expected a value: fill it in, or choose how to (--missing)",
              in_quotes(feature.column().name)));
    }
  }
}

/// Places of categories become zeros and ones.
void spread_categories(const FeatureColumn& column, std::vector<double>& places, ColumnPlace to) {
  for (std::size_t row = 0; row < to.rows; ++row) {
    double* const first = to.first + row * to.stride;
    std::fill_n(first, column.categories.size(), 0.0);
    if (!std::isnan(places[row]) && places[row] >= 0.0) {
      first[static_cast<std::size_t>(places[row])] = 1.0;
    }
  }
}

}  // namespace

Feature::Feature(const FeatureColumn& column,
                 const TableRows& rows,
                 std::vector<std::string>& notes)
    : column_(&column) {
  if (!column.is_category()) {
    values_ = rows.numbers(column.name);
    return;
  }
  constexpr double unseen = -1.0;
  const TextColumn texts = rows.texts(column.name);
  std::vector<double> places;
  for (const std::string& text : texts.categories) {
    const auto place = std::lower_bound(column.categories.begin(), column.categories.end(), text);
    const bool known = place != column.categories.end() && *place == text;
    places.push_back(known ? static_cast<double>(place - column.categories.begin()) : unseen);
  }
  std::vector<bool> told(places.size());
  for (const std::int32_t code : texts.codes) {
    const bool is_text = code != TableColumn::no_text;
    const auto index = static_cast<std::size_t>(code);
    if (is_text && places[index] == unseen && !told[index]) {
      told[index] = true;
      notes.push_back(fmt::format(
          "{}: column {} holds {}, which training has not seen: it counts as none of {}",
          rows.location(values_.size()),
          in_quotes(column.name),
          in_quotes(texts.categories[index]),
          listed(column.categories, 10)));
    }
    values_.push_back(is_text ? places[index] : missing_value);
  }
}

std::vector<Feature> read_features(const std::vector<FeatureColumn>& columns,
                                   const TableRows& rows,
                                   std::vector<std::string>& notes) {
  std::vector<Feature> features;
  for (const FeatureColumn& column : columns) {
    features.emplace_back(column, rows, notes);
  }
  return features;
}

std::size_t write_feature(const Feature& feature,
                          const SeriesRows& series,
                          const TableRows& rows,
                          MissingPolicy policy,
                          ColumnPlace to) {
  const FeatureColumn& column = feature.column();
  if (policy == MissingPolicy::refuse) {
    check_complete(feature, series, rows);
  }
  std::vector<double> values(to.rows, missing_value);
  std::size_t filled = 0;
  for (std::size_t i = 0; i < series.rows.size() && series.step_of(i) < to.rows; ++i) {
    const double value = feature[series.rows[i]];
    values[series.step_of(i)] = value;
    filled += std::isnan(value) ? 1 : 0;
  }
  if (column.has_indicator) {
    for (std::size_t row = 0; row < to.rows; ++row) {
      to.first[row * to.stride + 1] = std::isnan(values[row]) ? 1.0 : 0.0;
    }
  }
  Filler filler({values.data(), 1, to.rows});
  if (column.is_category()) {
    if (policy != MissingPolicy::indicator) {
      filler.fill(missing_value, false);
    }
    spread_categories(column, values, to);
    return 0;
  }
  filler.fill(column.mean, policy == MissingPolicy::linear);
  for (std::size_t row = 0; row < to.rows; ++row) {
    to.first[row * to.stride] = values[row];
  }
  return column.has_indicator ? 0 : filled;
}

}  // namespace rondo::detail
