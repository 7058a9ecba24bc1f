#include "rondo/apps/predict.hpp"

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/core.h>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_use.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/apps/table_use.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

namespace {

void refuse_options_of(const char* other, bool given, const char* needed) {
  if (given) {
    throw_argument_error("predict", fmt::format("{}, which takes {}", other, needed));
  }
}

/// A text of any length needs no memory, and is seen while it is written.
void print_at_once(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) {
    throw std::system_error(errno, std::generic_category(), "stdout");
  }
}

void predict_series(ModelFile file, const PredictOptions& o) {
  refuse_options_of("the model is one of a series",
                    o.text_seed || o.length || o.temperature || o.seed,
                    "--csv, its options and --out only");
  if (o.series.csv.empty()) {
    throw_argument_error("predict", "a file is missing: the model is one of a series, give --csv");
  }
  const SeriesModel model(std::move(file));
  const Series series = read_series(described(model.run(), o.series));
  const CsvTable table = forecast_table(model.predict_beyond(series.values), series.values.size());
  if (o.out.empty()) {
    fmt::print("{}", to_csv(table));
  } else {
    write_csv(o.out, table);
  }
}

void predict_text(ModelFile file, const PredictOptions& o) {
  refuse_options_of("the model is one of a text",
                    !o.series.csv.empty() || o.series.first_flag() != nullptr || !o.out.empty(),
                    "--text-seed, --length, --temperature and --seed only");
  const CharacterModel model(std::move(file));
  SampleOptions sample;
  sample.begin = o.text_seed.value_or(sample.begin);
  sample.length = o.length.value_or(sample.length);
  sample.temperature = o.temperature.value_or(sample.temperature);
  sample.seed = o.seed.value_or(sample.seed);
  model.sample(sample, print_at_once);
  print_at_once("\n");
}

}  // namespace

CsvTable forecast_table(std::span<const double> values, std::size_t first) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    rows.push_back(static_cast<double>(first + i));
  }
  CsvTable table;
  table.add_column<double>("row", rows);
  table.add_column<double>("forecast", values);
  return table;
}

void predict(const PredictOptions& o) {
  if (is_class_model(o.model)) {
    if (!o.future.empty() || o.follow) {
      throw_argument_error("predict", "--future and --follow are for models of tables");
    }
    predict_classes(o);
    return;
  }
  if (is_table_model(o.model)) {
    predict_table(o);
    return;
  }
  if (!o.future.empty() || o.follow) {
    throw_argument_error("predict", "--future and --follow are for models of tables");
  }
  ModelFile file = load_model(o.model);
  if (file.run.kind() == DataKind::series) {
    predict_series(std::move(file), o);
  } else {
    predict_text(std::move(file), o);
  }
}

}  // namespace rondo::apps
