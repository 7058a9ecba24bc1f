#include "rondo/apps/table_model.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rondo/apps/model_file.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/formats/safetensors.hpp"

namespace rondo::apps {

namespace {

std::optional<Table> read_future(const std::string& file, const TableOptions& options) {
  return file.empty() ? std::nullopt : std::optional(read_table(file, options));
}

EncodedPanel encode(const PanelEncoder& encoder, const Table& table, const std::string& future) {
  if (!future.empty() && encoder.options().known.empty()) {
    throw_argument_error(
        "future",
        fmt::format("--future {}: the model knows no column in advance (--known)", future));
  }
  const std::optional<Table> rows = read_future(future, encoder.options().table);
  return encoder.encode(table, rows ? &*rows : nullptr);
}

void append(std::vector<std::string>& sentences, const std::vector<Guess>& guesses) {
  for (const Guess& guess : guesses) {
    sentences.push_back(fmt::format("{} ({})", guess.text, guess.flag));
  }
}

}  // namespace

bool is_table_model(const std::string& path) {
  try {
    const SafetensorsFile file = SafetensorsFile::open(path);
    const auto format = file.metadata().find("format");
    return format != file.metadata().end() && format->second.starts_with("rondo forecaster");
  } catch (const FormatError&) {
    return false;
  }
}

void save_table_model(const std::string& path,
                      const Forecaster& forecaster,
                      const PanelEncoder& encoder,
                      const RunDescription& run) {
  forecaster.save(path, {{"encoder", encoder.to_json()}, {"run", to_json(run, -1)}});
}

TableModel load_table_model(const std::string& path) {
  Forecaster forecaster = Forecaster::load(path);
  const SafetensorsFile file = SafetensorsFile::open(path);
  const auto encoder = file.metadata().find("encoder");
  if (encoder == file.metadata().end()) {
    refuse_model(path,
                 "has no 'encoder' in its metadata: it was saved by the library without one, which "
                 "can use it");
  }
  TableModel model{std::move(forecaster),
                   in_model_file(path, [&] { return PanelEncoder::from_json(encoder->second); })};
  if (model.encoder.columns().targets != model.forecaster.columns().targets ||
      model.encoder.columns().past != model.forecaster.columns().past ||
      model.encoder.columns().known != model.forecaster.columns().known ||
      model.encoder.columns().statics != model.forecaster.columns().statics) {
    refuse_model(path, "its encoder makes other columns than its network reads");
  }
  return model;
}

std::string TableData::description() const {
  std::string text = encoded.description;
  for (const std::string& guess : guesses) {
    text += '\n' + guess;
  }
  return text;
}

TableData table_data(const Table& table, const RunDescription& run, double training_part) {
  PanelEncoder encoder(table, panel_options(run, training_part));
  if (*run.horizon > table.num_rows()) {  // before rows of the calendar are made for it
    throw_argument_error("forecast",
                         fmt::format("a horizon of {} is longer than {}, which has {} rows",
                                     *run.horizon,
                                     run.csv,
                                     table.num_rows()));
  }
  EncodedPanel encoded = encode(encoder, table, run.future);
  TableData data{std::move(encoder), std::move(encoded), {}};
  append(data.guesses, table.guesses());
  append(data.guesses, data.encoder.guesses());
  return data;
}

TableData read_table_data(const RunDescription& run, double training_part) {
  return table_data(read_tables(run.csv, table_options(run)), run, training_part);
}

EncodedPanel read_panel(const TableModel& model,
                        const std::string& csv,
                        const std::string& future,
                        const TableOptions& options) {
  EncodedPanel result = encode(model.encoder, read_tables(csv, options), future);
  say(result.notes);
  return result;
}

}  // namespace rondo::apps
