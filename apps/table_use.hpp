/// `rondo evaluate` and `rondo predict` for a model of tables.
#pragma once

#include "rondo/apps/evaluate.hpp"
#include "rondo/apps/predict.hpp"
#include "rondo/apps/table_model.hpp"

namespace rondo::apps {

/// How a table is read for a model: as in training, but for what is given.
/// @throws ArgumentError for a flag of models of one column
[[nodiscard]] TableOptions options_for(const char* command,
                                       const TableModel& model,
                                       const SeriesFile& file);

/// Errors on the last rows of a table, beside simple methods.
/// @throws ArgumentError for options of other models, FormatError for files
void evaluate_table(const EvaluateOptions& options);

/// What follows the last row of each series: time, series, target and quantiles.
void predict_table(const PredictOptions& options);

/// The same for each row of stdin, when it comes.
void follow_table(const TableModel& model, const TableOptions& options);

}  // namespace rondo::apps
