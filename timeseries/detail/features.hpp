/// Columns of a table as columns of a panel: numbers, categories as zeros and ones, indicators; for the sources of this
/// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rondo/timeseries/detail/series_rows.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace rondo::detail {

/// @param may_be_constant  one value in all rows is fine
/// @param learnt           which rows are learnt from
/// @throws FormatError if the column is empty, constant, holds texts among numbers, or too many categories
[[nodiscard]] FeatureColumn learn_column(const TableRows& rows,
                                         const std::string& name,
                                         const PanelOptions& options,
                                         const std::vector<bool>& learnt,
                                         bool may_be_constant);

/// The same for a column that must hold numbers.
[[nodiscard]] FeatureColumn learn_numbers(const TableRows& rows,
                                          const std::string& name,
                                          const PanelOptions& options,
                                          const std::vector<bool>& learnt,
                                          bool may_be_constant);

/// The cells of a column in the rows of a table.
class Feature {
 public:
  /// @param notes  gets categories that training has not seen: they count as none of the known ones
  Feature(const FeatureColumn& column, const TableRows& rows, std::vector<std::string>& notes);

  [[nodiscard]] const FeatureColumn& column() const { return *column_; }

  /// A number or the place of a category; NaN: missing.
  [[nodiscard]] double operator[](std::size_t row) const { return values_[row]; }

 private:
  const FeatureColumn* column_;
  std::vector<double> values_;
};

/// In the order of the columns, which must outlive them.
[[nodiscard]] std::vector<Feature> read_features(const std::vector<FeatureColumn>& columns,
                                                 const TableRows& rows,
                                                 std::vector<std::string>& notes);

/// A place in a table of numbers that are filled column by column.
struct ColumnPlace {
  double* first;       // of row 0
  std::size_t stride;  // from row to row
  std::size_t rows;
};

/// Writes width() columns: what is missing is filled as the policy says.
/// @return numbers of rows of the table that were filled without an indicator that tells of it
/// @throws FormatError with MissingPolicy::refuse
std::size_t write_feature(const Feature& feature,
                          const SeriesRows& series,
                          const TableRows& rows,
                          MissingPolicy policy,
                          ColumnPlace to);

}  // namespace rondo::detail
