/// A table as people have it: named columns of numbers, texts and times, with cells that are missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/data/time_axis.hpp"

namespace rondo {

/// Something that was decided for the user, and the flag that decides otherwise.
struct Guess {
  std::string text;  // `data.csv: no line of names: the first line holds numbers`
  std::string flag;  // `--header`
};

enum class ColumnKind : std::uint8_t { numbers, texts, times };

/// One of the three, of as many rows as the table.
struct TableColumn {
  static constexpr std::int32_t no_text = -1;
  static constexpr TimePoint no_time = std::numeric_limits<TimePoint>::min();

  std::string name = {};
  ColumnKind kind = ColumnKind::numbers;
  std::vector<double> numbers = {};          // NaN: missing
  std::vector<std::int32_t> codes = {};      // places in categories; no_text: missing
  std::vector<std::string> categories = {};  // each text once, in the order of the rows
  std::vector<TimePoint> times = {};         // no_time: missing

  [[nodiscard]] bool is_missing(std::size_t row) const;

  [[nodiscard]] std::size_t count_missing() const;
};

/// The time of each row.
struct RowTimes {
  std::vector<std::string> columns = {};  // that it was read from; empty: rows are counted
  std::vector<TimePoint> points = {};     // none is missing; empty if rows are counted
  TimeUnit unit = TimeUnit::count;        // months if nothing finer is written
};

struct TableOptions {
  char delimiter = ',';
  char decimal = '.';  // or ','
  /// Whether the first row holds the names; nullopt: a guess, by whether it holds numbers.
  std::optional<bool> header = std::nullopt;
  /// The column of times; or several: numbers called year, month, day, hour, minute, second, or texts that make a
  /// time one after another, as a date and a time of day. Empty: a guess, the first column of times, or year and
  /// its parts, or none.
  std::vector<std::string> time = {};
  bool count_rows = false;  // no column is the time: one row is one step after the row before
  /// As of strptime, `%d.%m.%Y %H:%M`; empty: ISO dates and date-times, months, years, whole numbers, or days as
  /// numbers, 20141231, if all of them are. Without `time` the first column that begins with such a time.
  std::string time_format = {};
};

class Table {
 public:
  [[nodiscard]] std::size_t num_rows() const { return lines_.size(); }

  [[nodiscard]] const std::vector<TableColumn>& columns() const { return columns_; }

  /// @throws ArgumentError with the known names if there is no such column, or several
  [[nodiscard]] const TableColumn& column(std::string_view name) const;

  [[nodiscard]] bool contains(std::string_view name) const;

  /// A column of numbers, [L].
  /// @throws FormatError if it holds a text, with the line of the first and a remedy
  [[nodiscard]] const std::vector<double>& numbers(std::string_view name) const;

  /// Whether most cells of a column are texts that are no numbers: a text among numbers makes no categories.
  [[nodiscard]] bool holds_categories(std::string_view name) const;

  [[nodiscard]] const RowTimes& times() const { return times_; }

  /// The files, in the order of the rows.
  [[nodiscard]] const std::vector<std::filesystem::path>& paths() const { return paths_; }

  [[nodiscard]] std::size_t file_of(std::size_t row) const;

  /// `data.csv:7`
  [[nodiscard]] std::string location(std::size_t row) const;

  [[nodiscard]] const std::vector<Guess>& guesses() const { return guesses_; }

  /// Throws FormatError `[read_table] data.csv:7: problem`.
  [[noreturn]] void fail(std::size_t row, std::string_view problem) const;

 private:
  friend Table read_table(std::span<const std::filesystem::path>, const TableOptions&);

  std::vector<TableColumn> columns_;
  std::vector<std::filesystem::path> paths_;
  std::vector<std::size_t> file_ends_;  // rows
  std::vector<std::uint32_t> lines_;    // of each row in its file
  std::vector<Guess> guesses_;
  RowTimes times_;
  char decimal_ = '.';
};

/// Reads a file, or several with the same names, whose rows follow one another. A column is one of numbers, or of
/// times, if all its cells are that or missing (empty, NA, N/A, NaN, null, None, -, ?), and one of texts
/// otherwise. Blanks around a cell are no part of it. The text of the files is freed.
///
/// @throws FormatError    as read_csv(), if the names differ, or a time is missing, in another form or zone than the
///                        first, or not as time_format says
/// @throws ArgumentError  as read_csv(), for a format that is none or that no column has, or if there
///                        is no column of its `time`
[[nodiscard]] Table read_table(std::span<const std::filesystem::path> paths,
                               const TableOptions& options = {});
[[nodiscard]] Table read_table(const std::filesystem::path& path, const TableOptions& options = {});

}  // namespace rondo
