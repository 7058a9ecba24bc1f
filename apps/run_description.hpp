/// A run of training as one flat list of options: flags of the command line and keys of a JSON
/// file, in which the run can be repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/formats/labelled_series.hpp"

namespace rondo::apps {

/// What a model is about.
enum class DataKind { series, text, classes };

/// Members without a value get the default of their kind in `completed`.
struct RunDescription {
  std::string csv = {};
  std::string test = {};
  std::string text = {};
  std::string column = {};
  std::string delimiter = {};  // empty: a comma
  std::string decimal = {};    // empty: a point
  bool no_header = false;
  std::optional<std::size_t> window = {};
  std::optional<std::size_t> horizon = {};
  std::vector<std::size_t> units = {};  // of each recurrent layer
  std::string cell = {};
  bool one_direction = false;
  std::optional<double> dropout = {};
  std::optional<double> recurrent_dropout = {};
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
  [[nodiscard]] DataKind kind() const {
    return !text.empty()                                  ? DataKind::text
           : is_labelled_series(csv) && delimiter.empty() ? DataKind::classes
                                                          : DataKind::series;
  }
};

namespace detail {

template <class Run, class Visitor>
void for_each_data_option(Run& run, Visitor& visit) {
  visit(
      "csv",
      run.csv,
      "A series: a header line, then a row per time step, the oldest first; or series with a class "
      "each (.ts, .tsv)");
  visit("test", run.test, "Classes: another file that is measured when training has ended [none]");
  visit("text", run.text, "Instead of a series: a text in UTF-8, learnt character by character");
  visit("column", run.column, "The column to learn; none: the last one that holds numbers");
  visit("delimiter", run.delimiter, "Between the fields of the CSV file: one character or tab [,]");
  visit("decimal", run.decimal, "The decimal sign of the CSV file: . or , [.]");
  visit("no_header", run.no_header, "The CSV file begins with data; columns are called 0, 1, …");
}

template <class Run, class Visitor>
void for_each_model_option(Run& run, Visitor& visit) {
  visit("window", run.window, "How many past values the model sees [48; 100 characters]");
  visit("horizon", run.horizon, "How many steps ahead it predicts; series only [12]");
  visit("units", run.units, "Units of the GRU [32; 128 for texts; classes: of each layer, 64,64]");
  visit("cell", run.cell, "Classes: gru, lstm or rnn [gru]");
  visit(
      "one_direction", run.one_direction, "Classes: layers read forwards, not in both directions");
  visit("dropout", run.dropout, "Classes: share dropped behind each recurrent layer [0.3]");
  visit("recurrent_dropout", run.recurrent_dropout, "Classes: share dropped of the states [0]");
  visit("class_weights", run.class_weights, "Classes: all count the same, however small they are");
}

template <class Run, class Visitor>
void for_each_training_option(Run& run, Visitor& visit) {
  visit("epochs",
        run.epochs,
        "Epochs at most; early stopping may end sooner [60; 15 for texts; 150 for classes]");
  visit("batch_size",
        run.batch_size,
        "Windows or series per training step; all, if there are fewer [32; 8 for classes]");
  visit("learning_rate",
        run.learning_rate,
        "Of Adam [0.003; 0.005 for texts]; classes: at the beginning of a cosine that ends at 0");
  visit("global_clipnorm",
        run.global_clipnorm,
        "Longer gradients are shortened to this norm [none; 1 for texts]");
  visit("validation_split",
        run.validation_split,
        "Share that validates, taken from the end, of classes from each; 0: early stopping goes by "
        "the training loss, with classes there is none [0.15; 0 for classes]");
  visit("patience",
        run.patience,
        "Epochs without improvement until training stops [8; 30 for classes]");
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
  detail::for_each_model_option(run, visit);
  detail::for_each_training_option(run, visit);
}

/// Whether only series with classes have this option; the others refuse it.
[[nodiscard]] bool is_for_classes(std::string_view key);

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
