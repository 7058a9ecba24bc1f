#include "rondo/apps/evaluate.hpp"

#include <cmath>

#include <fmt/core.h>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_use.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/apps/table_use.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

void evaluate_series(const EvaluateOptions& o) {
  const SeriesModel model(load_model(o.model, DataKind::series));
  const Series series = read_series(described(model.run(), o.series));
  const auto predicted = model.predict(series.values);
  const auto actual = targets(series.values, model.task());
  const double error = rmse(predicted, actual);
  fmt::print("{:<24}{}\n", "predictions", predicted.size());
  fmt::print("{:<24}{:.6g}\n", "loss", std::pow(error / model.scaler().scale()[0], 2));
  fmt::print("{:<24}{:.6g}\n{:<24}{:.6g}\n", "RMSE", error, "MAE", mae(predicted, actual));
}

void evaluate_text(const EvaluateOptions& o) {
  if (const char* const flag = o.series.first_flag()) {
    throw_argument_error("evaluate", fmt::format("{} is for series, --text is none", flag));
  }
  const CharacterModel model(load_model(o.model, DataKind::text));
  const Logs measured = model.evaluate(read_text(o.text));
  for (const Logs::Entry& entry : measured.entries()) {
    fmt::print("{:<24}{:.6g}\n", entry.name, entry.value);
  }
}

}  // namespace

void evaluate(const EvaluateOptions& o) {
  check_one_file("evaluate", o.series.csv, o.text);
  if (is_table_model(o.model) && o.text.empty()) {
    evaluate_table(o);
    return;
  }
  if (o.rows || o.test_split) {
    throw_argument_error("evaluate", "--rows and --test-split are for models of tables");
  }
  if (is_class_model(o.model) && o.text.empty()) {
    evaluate_classes(o);
    return;
  }
  if (!o.out.empty()) {
    throw_argument_error("evaluate", "--out is for models of tables and of classes");
  }
  o.text.empty() ? evaluate_series(o) : evaluate_text(o);
}

}  // namespace rondo::apps
