/// From the options of a run to those of the library: how a table is read, what becomes of its
/// columns, and the model.
#pragma once

#include <string>

#include "rondo/apps/run_description.hpp"
#include "rondo/timeseries/forecaster.hpp"
#include "rondo/timeseries/panel_options.hpp"

namespace rondo::apps {

/// One character, or `tab`. @throws ArgumentError naming the flag
[[nodiscard]] char sign_of(const char* flag, const std::string& text);

/// `refuse`, `forward`, `linear`, `indicator`. @throws ArgumentError for another word
[[nodiscard]] MissingPolicy missing_policy(const std::string& name);

/// @throws ArgumentError for a delimiter or a decimal sign that is none
[[nodiscard]] TableOptions table_options(const RunDescription& run);

/// @param training_part  of each series, from its beginning
[[nodiscard]] PanelOptions panel_options(const RunDescription& run, double training_part);

[[nodiscard]] ForecasterOptions forecaster_options(const RunDescription& run);

/// The files of `--csv` as one table.
[[nodiscard]] Table read_tables(const std::string& csv, const TableOptions& options);

}  // namespace rondo::apps
