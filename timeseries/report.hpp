/// What came of a run, as one file for a browser: no scripts, nothing from elsewhere, light or dark as the
/// reader's system is, fit for a telephone and for paper. Plain structs in, HTML out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace rondo {

/// Cells are texts: who fills a table knows how many digits its numbers deserve.
struct ReportTable {
  std::string title = {};
  std::vector<std::string> columns = {};            // the first one names the rows
  std::vector<std::vector<std::string>> rows = {};  // each as long as `columns`
  std::string note = {};                            // a sentence below
};

struct ReportCurve {
  std::string name = {};
  std::vector<double> values = {};  // of epoch 1, 2, …; NaN leaves a gap
};

/// Numbers by epoch in one plot, so that they should be of one kind.
struct ReportCurves {
  std::string title = {};
  std::vector<ReportCurve> curves = {};
};

struct ReportConfusion {
  std::string title = {};
  std::vector<std::string> classes = {};
  std::vector<std::vector<std::size_t>> counts = {};  // [actual][predicted]
};

struct ReportQuantile {
  double level = 0.5;               // in (0, 1)
  std::vector<double> values = {};  // one for each time; NaN: none
};

/// Quantiles that lie as far from 0.5 on both sides are the edges of a band, 0.5 is a line.
struct ReportForecast {
  std::string title = {};
  std::vector<std::string> times = {};  // `2014-12-31 05:00`, one for each step
  std::vector<double> actual = {};      // one for each time; NaN: not known
  std::vector<ReportQuantile> quantiles = {};
};

/// Parts that are empty are left out. Texts may hold anything.
struct Report {
  std::string title = {};
  std::vector<std::string> summary = {};  // sentences: the answer
  std::vector<ReportTable> data = {};     // what was in the files
  std::vector<std::string> guesses = {};  // a sentence each, with the flag that says otherwise
  std::vector<ReportForecast> forecasts = {};
  std::vector<ReportTable> comparisons = {};  // with other methods, by step, by class
  std::vector<ReportConfusion> confusions = {};
  std::vector<ReportCurves> curves = {};
  std::string command = {};  // that repeats the run
};

/// @throws ShapeError if the parts of a table, a confusion or a forecast differ in length
[[nodiscard]] std::string report_html(const Report& report);

/// Writes or replaces the file. @throws ShapeError as above, FormatError if it cannot be written
void write_report(const std::filesystem::path& path, const Report& report);

}  // namespace rondo
