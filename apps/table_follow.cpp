// `rondo predict --follow`: each row of stdin is answered at once.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "rondo/apps/forecast_results.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/table_use.hpp"
#include "rondo/apps/temporary_folder.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::apps {

namespace {

/// Rows of a series that are kept beside those that a forecast sees: cells that are missing for
/// longer are filled with the first value behind them.
constexpr std::size_t more_rows = 1000;

/// The rows of a series that forecasts still see.
struct Rows {
  std::deque<std::pair<std::size_t, std::string>> lines = {};  // with their number in stdin
  std::size_t dropped = 0;
};

void write_at_once(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) {
    throw std::system_error(errno, std::generic_category(), "stdout");
  }
}

class Follower {
 public:
  Follower(const TableModel& model, const TableOptions& options)
      : model_(model),
        options_(options),
        folder_(std::filesystem::temp_directory_path()),
        file_(folder_.path() / "rows.csv"),
        kept_(model.forecaster.min_rows() + more_rows) {}

  /// @param number  of the line in stdin, from 1
  void read(std::size_t number, const std::string& line) {
    if (!header_) {
      write_file({}, {line, line});
      header_ = csv().has_header() ? line : std::string();
      write_at_once(first_line());
      if (!header_->empty()) {
        return;
      }
    }
    Rows& rows = rows_[series_of(number, line)];
    rows.lines.emplace_back(number, line);
    if (rows.lines.size() > kept_) {
      rows.lines.pop_front();
      ++rows.dropped;
    }
    if (rows.lines.size() >= model_.forecaster.min_rows()) {
      answer(rows);
    }
  }

  [[nodiscard]] std::size_t answers() const { return answers_; }

 private:
  void write_file(const std::string& header, const std::vector<std::string>& lines) const {
    std::ofstream out(file_, std::ios::binary);
    if (!header.empty()) {
      out << header << '\n';
    }
    for (const std::string& line : lines) {
      out << line << '\n';
    }
    if (!out.flush()) {
      throw_format_error("predict", file_.string() + ": cannot be written");
    }
  }

  [[nodiscard]] CsvTable csv() const {
    return read_csv(
        file_,
        {.delimiter = options_.delimiter, .header = options_.header, .decimal = options_.decimal});
  }

  /// `time,series,target,…`
  [[nodiscard]] std::string first_line() const {
    const std::string table = to_csv(forecast_table({}, {}, model_.forecaster.options().quantiles));
    return table.substr(0, table.find('\n') + 1);
  }

  /// What `use` makes of the file; its errors name the lines of stdin.
  template <class Use>
  auto at_lines(const std::deque<std::pair<std::size_t, std::string>>& lines, Use use) const {
    try {
      return use();
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string name = file_.string();
      const std::size_t first = header_->empty() ? 1 : 2;
      for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) {
        std::size_t end = at + name.size();
        std::string place = "stdin";
        if (end < text.size() && text[end] == ':' &&
            std::isdigit(static_cast<unsigned char>(text[end + 1])) != 0) {
          std::size_t digits = 0;
          const std::size_t line = std::stoul(text.substr(end + 1), &digits);
          end += 1 + digits;
          place += fmt::format(
              ":{}", line < first ? 1 : lines.at(std::min(line - first, lines.size() - 1)).first);
        }
        text.replace(at, end - at, place);
      }
      throw FormatError(text);
    }
  }

  /// The cell that tells series apart.
  [[nodiscard]] std::string series_of(std::size_t number, const std::string& line) const {
    const std::string& column = model_.encoder.options().series;
    write_file(*header_, {line});
    return at_lines({{number, line}}, [&] {
      const CsvTable row = csv();
      return column.empty() ? std::string() : std::string(row.text(column).at(0));
    });
  }

  void answer(const Rows& rows) {
    std::vector<std::string> lines;
    for (const auto& [number, line] : rows.lines) {
      lines.push_back(line);
    }
    write_file(*header_, lines);
    const Panel panel = at_lines(
        rows.lines, [&] { return model_.encoder.encode(read_table(file_, options_)).panel; });
    if (panel.series[0].size() < model_.forecaster.min_rows()) {
      return;  // the last rows are known in advance alone
    }
    std::vector<Forecast> forecasts = model_.forecaster.forecast(panel);
    if (panel.step.unit == TimeUnit::count && options_.count_rows) {
      for (Forecast& forecast : forecasts) {
        forecast.begin += static_cast<TimePoint>(rows.dropped);
      }
    }
    const std::string table =
        to_csv(forecast_table(forecasts, panel.step, model_.forecaster.options().quantiles));
    write_at_once(table.substr(table.find('\n') + 1));
    ++answers_;
  }

  const TableModel& model_;
  TableOptions options_;
  TemporaryFolder folder_;
  std::filesystem::path file_;
  std::size_t kept_;
  std::optional<std::string> header_;  // empty: none
  std::map<std::string, Rows> rows_;   // by series
  std::size_t answers_ = 0;
};

}  // namespace

void follow_table(const TableModel& model, const TableOptions& options) {
  const std::vector<std::string>& known = model.encoder.options().known;
  if (!known.empty()) {
    throw_argument_error("predict",
                         fmt::format("--follow: the model needs {} in advance, which rows of stdin "
                                     "do not tell: use --csv and --future",
                                     listed(known, 5)));
  }
  Follower follower(model, options);
  std::string line;
  std::size_t number = 0;
  while (std::getline(std::cin, line)) {
    ++number;
    if (!line.empty() && line != "\r") {
      follower.read(number, line);
    }
  }
  if (follower.answers() == 0) {
    notice("no forecast: {} lines were read, a forecast needs {} rows of a series",
           number,
           model.forecaster.min_rows());
  }
}

}  // namespace rondo::apps
