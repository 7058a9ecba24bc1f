/// A model of tables: the forecaster, and the encoder that makes panels of files for it. Both lie in
/// one file, so that a forecast needs no options again.
///
///   format    rondo forecaster 1, with the forecaster's own metadata
///   encoder   what was learnt of the columns
///   run       the description of the training run
#pragma once

#include <string>
#include <vector>

#include "rondo/apps/run_description.hpp"
#include "rondo/timeseries/forecaster.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace rondo::apps {

struct TableModel {
  Forecaster forecaster;
  PanelEncoder encoder;
};

/// Whether the file is such a model; false too for what is none at all.
[[nodiscard]] bool is_table_model(const std::string& path);

/// Writes or replaces the file. @throws FormatError if it cannot be written
void save_table_model(const std::string& path,
                      const Forecaster& forecaster,
                      const PanelEncoder& encoder,
                      const RunDescription& run);

/// @throws FormatError if the file is damaged, or was saved by the library without an encoder
[[nodiscard]] TableModel load_table_model(const std::string& path);

/// Tables of a run, and the panel that they are.
struct TableData {
  PanelEncoder encoder;
  EncodedPanel encoded;
  std::vector<std::string> guesses;  // sentences with the flag that says otherwise

  /// What was read, and the guesses, as lines.
  [[nodiscard]] std::string description() const;
};

/// @param training_part  of each series that is learnt from
/// @throws FormatError, ArgumentError as PanelEncoder
[[nodiscard]] TableData table_data(const Table& table,
                                   const RunDescription& run,
                                   double training_part);

/// The same of the run's files. @throws also as read_table
[[nodiscard]] TableData read_table_data(const RunDescription& run, double training_part);

/// Another table for a model, with notes on stderr.
/// @param options  how it is read
[[nodiscard]] EncodedPanel read_panel(const TableModel& model,
                                      const std::string& csv,
                                      const std::string& future,
                                      const TableOptions& options);

}  // namespace rondo::apps
