/// A run of training as one flat list of options: flags of the command line and keys of a JSON
/// file, in which the run can be repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace rondo::apps {

/// What a model is about.
enum class DataKind : std::uint8_t {
  series,          ///< one column without gaps, one value some steps ahead
  table,           ///< columns with roles, every step up to the horizon, with quantiles
  text,            ///< character by character
  classes,         ///< which class a whole series belongs to
  labelled_table,  ///< the same for the series of a table
};

[[nodiscard]] constexpr bool is_of_classes(DataKind kind) {
  return kind == DataKind::classes || kind == DataKind::labelled_table;
}

/// Members without a value get the default of their kind in `completed`.
struct RunDescription {
  std::string csv = {};  // several files of a table are separated by commas
  std::string test = {};
  std::string text = {};
  std::string column = {};
  std::string delimiter = {};  // empty: a comma
  std::string decimal = {};    // empty: a point
  bool no_header = false;
  bool header = false;
  std::vector<std::string> target = {};
  std::vector<std::string> past = {};
  std::vector<std::string> known = {};
  std::vector<std::string> statics = {};
  std::string series = {};
  std::string label = {};
  std::string files_are_series = {};  // yes or no; empty: a guess
  std::vector<std::string> time = {};
  std::string time_format = {};
  std::vector<std::string> calendar = {};
  std::vector<std::string> categories = {};
  std::optional<std::size_t> most_categories = {};
  std::string missing = {};
  bool log = false;
  bool difference = false;
  std::optional<std::size_t> season = {};
  std::vector<double> quantiles = {};
  std::string future = {};
  std::optional<double> test_split = {};
  std::optional<std::size_t> folds = {};
  std::optional<std::size_t> window = {};
  std::optional<std::size_t> horizon = {};
  std::vector<std::size_t> units = {};  // of each recurrent layer
  std::string cell = {};
  bool one_direction = false;
  std::optional<double> dropout = {};
  std::optional<double> recurrent_dropout = {};
  bool layer_normalization = false;
  bool class_weights = false;
  std::optional<std::size_t> epochs = {};
  std::optional<std::size_t> batch_size = {};
  std::optional<double> learning_rate = {};
  std::optional<double> global_clipnorm = {};
  std::optional<double> validation_split = {};
  std::optional<int> patience = {};
  std::optional<int> reduce_lr_patience = {};
  std::uint64_t seed = 1;
  std::optional<std::size_t> shards = {};
  bool any_order = false;
  std::string tensorboard = {};
  std::string out = {};

  /// Of what is given, and of a csv by the end of its name; a table in a .tsv file needs a delimiter.
  [[nodiscard]] DataKind kind() const;
};

namespace detail {

template <class Run, class Visitor>
void for_each_data_option(Run& run, Visitor& visit) {
  visit("csv",
        run.csv,
        "A table: a row for each step in time; several files are separated by commas; or series "
        "with a class each (.ts, .tsv)");
  visit("test", run.test, "Classes: another file that is measured when training has ended [none]");
  visit("text", run.text, "Instead of a table: a text in UTF-8, learnt character by character");
  visit("column",
        run.column,
        "The column to learn; none: the last one that holds numbers. Several: --target");
  visit("delimiter", run.delimiter, "Between the fields of the CSV file: one character or tab [,]");
  visit("decimal", run.decimal, "The decimal sign of the CSV file: . or , [.]");
  visit("no_header", run.no_header, "The CSV file begins with data; columns are called 0, 1, …");
  visit("header", run.header, "The first line holds names, even if it looks like data");
}

template <class Run, class Visitor>
void for_each_table_option(Run& run, Visitor& visit) {
  visit("target",
        run.target,
        "Columns to forecast, every step up to the horizon, with quantiles; none: the last one "
        "that holds numbers");
  visit("past", run.past, "Columns that are seen up to now: numbers or categories [none]");
  visit("known", run.known, "Columns that are known in advance: a plan [none]");
  visit("static", run.statics, "Columns of one value for a whole series [none]");
  visit("series", run.series, "The column that tells series apart [none]");
  visit(
      "label",
      run.label,
      "The column of the class that each series belongs to, which is learnt instead of what comes "
      "next [none]");
  visit("files_are_series",
        run.files_are_series,
        "Whether each of several files is a series: yes or no [yes if their times overlap]");
  visit("time",
        run.time,
        "The column of times, or several: year,month,day,hour; none: rows are counted [found]");
  visit("time_format", run.time_format, "How times are written, such as %d.%m.%Y %H:%M [found]");
  visit("calendar",
        run.calendar,
        "Parts of the time, known in advance: month, day, day_of_year, weekday, hour, minute");
  visit("categories", run.categories, "Columns of numbers that are codes [none]");
  visit("most_categories", run.most_categories, "Of a column at most [32]");
  visit("missing",
        run.missing,
        "Missing cells: refuse, forward, linear, or indicator: forward and a column that says so "
        "[indicator]");
  visit("future", run.future, "Table of the columns that are known in advance [none]");
}

template <class Run, class Visitor>
void for_each_test_option(Run& run, Visitor& visit) {
  visit("test_split", run.test_split, "Share at the end of each series that is forecast [0.2]");
  visit("folds",
        run.folds,
        "Instead: train anew from so many origins, a horizon apart, up to the end [none]");
}

template <class Run, class Visitor>
void for_each_model_option(Run& run, Visitor& visit) {
  visit("window", run.window, "How many past rows the model sees [48; 100 characters]");
  visit("horizon", run.horizon, "How many steps ahead it predicts; not of texts [12]");
  visit("units",
        run.units,
        "Units of each recurrent layer [tables: 64; one column: 32; texts: 128; classes: 64,64]");
  visit("cell", run.cell, "Tables and classes: gru, lstm or rnn [gru]");
  visit(
      "one_direction", run.one_direction, "Classes: layers read forwards, not in both directions");
  visit("dropout",
        run.dropout,
        "Tables and classes: share dropped behind each recurrent layer [0; 0.3 for classes]");
  visit("recurrent_dropout",
        run.recurrent_dropout,
        "Tables and classes: share dropped of the states [0]");
  visit("layer_normalization",
        run.layer_normalization,
        "Tables: normalize behind each recurrent layer");
  visit("log", run.log, "Tables: learn the logarithms of the targets");
  visit("difference", run.difference, "Tables: learn the change since the last value");
  visit("season",
        run.season,
        "Tables: the period; without --difference the model learns the departure from the season "
        "before [found, for the simple methods alone]");
  visit("quantiles", run.quantiles, "Tables: rising, between 0 and 1 [0.1,0.5,0.9]");
  visit("class_weights", run.class_weights, "Classes: all count the same, however small they are");
}

template <class Run, class Visitor>
void for_each_training_option(Run& run, Visitor& visit) {
  visit("epochs",
        run.epochs,
        "Epochs at most; early stopping may end sooner [60; tables: 50; texts: 15; classes: 150]");
  visit(
      "batch_size",
      run.batch_size,
      "Windows or series per training step; all, if there are fewer [32; tables: 64; classes: 8]");
  visit("learning_rate",
        run.learning_rate,
        "Of Adam [0.003; tables: 0.001; texts: 0.005]; classes: at the beginning of a cosine that "
        "ends at 0");
  visit("global_clipnorm",
        run.global_clipnorm,
        "Longer gradients are shortened to this norm [none; texts: 1]; tables: always 1");
  visit("validation_split",
        run.validation_split,
        "Share that validates, taken from the end, of classes from each; 0: early stopping goes by "
        "the training loss, with tables and classes there is none [0.15; tables: 0.1; classes: 0]");
  visit("patience",
        run.patience,
        "Epochs without improvement until training stops [8; tables: 5; classes: 30]");
  visit("reduce_lr_patience",
        run.reduce_lr_patience,
        "Epochs without improvement until the rate falls to a tenth [never]");
  visit("seed", run.seed, "Same seed, same machine: same result");
  visit(
      "shards",
      run.shards,
      "Parts of a batch that several processes share out; same number: same result [none; 8 under "
      "mpirun]");
  visit("any_order",
        run.any_order,
        "Add gradients in the fastest order: last digits depend on the number of processes");
  visit("tensorboard", run.tensorboard, "Folder for TensorBoard's event files [none]");
  visit("out", run.out, "Folder for all results");
}

}  // namespace detail

/// Calls `visit(key, member, help)` for each option: the only list of them.
template <class Run, class Visitor>
void for_each_option(Run& run, Visitor visit) {
  detail::for_each_data_option(run, visit);
  detail::for_each_table_option(run, visit);
  detail::for_each_test_option(run, visit);
  detail::for_each_model_option(run, visit);
  detail::for_each_training_option(run, visit);
}

/// `batch_size` → `--batch-size`
[[nodiscard]] std::string flag_of(std::string key);

/// Whether models of this kind have the option.
[[nodiscard]] bool is_for(DataKind kind, std::string_view key);

/// Whether the option says how a forecast is tested: `rondo forecast` alone has it.
[[nodiscard]] bool is_for_forecast(std::string_view key);

/// Whether an option is given: false, empty and nullopt are not.
template <class V>
[[nodiscard]] bool is_given(const V& value) {
  if constexpr (std::is_same_v<V, bool>) {
    return value;
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value();
  } else if constexpr (requires { value.empty(); }) {
    return !value.empty();
  } else {
    return true;
  }
}

/// The files of a table. A name with a comma that there is means itself.
[[nodiscard]] std::vector<std::string> csv_files(const std::string& csv);

/// @throws ArgumentError unless one of both is given
void check_one_file(const char* command, const std::string& csv, const std::string& text);

/// All defaults filled in.
/// @throws ArgumentError unless there is one of csv and text, or for an option of the other kind
[[nodiscard]] RunDescription completed(RunDescription run);

/// Sets what the keys of a JSON object name.
/// @param where  the file, for errors
/// @throws FormatError for what is no JSON object, an unknown key, a key twice, a value of another
///         type; nothing is set then
void read_json(const std::string& json, const std::string& where, RunDescription& run);

/// Only what is set. @param indent  of a line; -1: all in one
[[nodiscard]] std::string to_json(const RunDescription& run, int indent);

/// `'units' is 32 there, 16 here` for the first option that differs; empty if none does. A run may
/// go on with more epochs, and its folder may have other names.
[[nodiscard]] std::string difference(const RunDescription& there, const RunDescription& here);

}  // namespace rondo::apps
