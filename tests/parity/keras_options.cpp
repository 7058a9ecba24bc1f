#include "rondo/tests/parity/keras_options.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace rondo::parity {

namespace {

/// Arguments of every layer that change no number of a case: shapes and precision are known, masks
/// are given.
void ignore_layer_arguments(OptionReader& reader) {
  for (const char* name : {"dtype",
                           "input_shape",
                           "batch_input_shape",
                           "batch_size",
                           "input_d_type",  // TF.js' inputDType
                           "seed",
                           "autocast",
                           "enable_caching_device"}) {
    reader.ignore(name);
  }
}

/// What GRUOptions and GRUCellOptions have in common.
template <class Options>
void read_cell(OptionReader& reader, Options& o, Dialect dialect) {
  o.compat = dialect.compat;
  reader.read("units", o.units);
  reader.read("activation", o.activation);
  reader.read("recurrent_activation", o.recurrent_activation);
  reader.read("use_bias", o.use_bias);
  reader.read("kernel_initializer", o.kernel_initializer);
  reader.read("recurrent_initializer", o.recurrent_initializer);
  reader.read("bias_initializer", o.bias_initializer);
  reader.read("kernel_regularizer", o.kernel_regularizer);
  reader.read("recurrent_regularizer", o.recurrent_regularizer);
  reader.read("bias_regularizer", o.bias_regularizer);
  reader.read("kernel_constraint", o.kernel_constraint);
  reader.read("recurrent_constraint", o.recurrent_constraint);
  reader.read("bias_constraint", o.bias_constraint);
  reader.read("dropout", o.dropout);
  reader.read("recurrent_dropout", o.recurrent_dropout);
  reader.read("reset_after", o.reset_after);
  reader.read("implementation", o.implementation);
  reader.read("trainable", o.trainable);
  reader.read("name", o.name);
  ignore_layer_arguments(reader);
}

/// What GRUOptions and RNNOptions have in common; each system has its own.
template <class Options>
void read_loop(OptionReader& reader, Options& o, Dialect dialect) {
  o.compat = dialect.compat;
  reader.read("return_sequences", o.return_sequences);
  reader.read("return_state", o.return_state);
  reader.read("go_backwards", o.go_backwards);
  reader.read("stateful", o.stateful);
  reader.read("unroll", o.unroll);
  if (dialect.compat != Compat::tfjs) {
    reader.read("zero_output_for_mask", o.zero_output_for_mask);
    reader.read("activity_regularizer", o.activity_regularizer);
  }
  if (dialect.compat == Compat::keras2) {
    reader.read("time_major", o.time_major);
  }
}

constexpr std::array loop_names{"return_sequences",
                                "return_state",
                                "go_backwards",
                                "stateful",
                                "unroll",
                                "zero_output_for_mask",
                                "activity_regularizer",
                                "time_major"};

GRUOptions read_gru(OptionReader& reader, Dialect dialect) {
  GRUOptions result;
  read_cell(reader, result, dialect);
  read_loop(reader, result, dialect);
  result.use_fused = dialect.use_fused;
  if (dialect.compat == Compat::keras3) {
    reader.ignore("use_cudnn");  // the choice of a kernel, not of numbers
  }
  return result;
}

MergeMode merge_mode_from(const Json& value) {
  const std::string name = value.is_null() ? "none" : value.get<std::string>();
  if (name == "concat") {
    return MergeMode::concat;
  }
  if (name == "sum") {
    return MergeMode::sum;
  }
  if (name == "mul") {
    return MergeMode::mul;
  }
  if (name == "ave") {
    return MergeMode::ave;
  }
  if (name == "none") {
    return MergeMode::none;
  }
  throw CaseError("merge_mode '" + name + "' is unknown");
}

}  // namespace

Dialect dialect_of(const std::string& system, const std::string& kind) {
  constexpr std::array keras{
      "gru", "gru_losses", "gru_cell", "rnn_gru_cell", "stacked", "bidirectional"};
  constexpr std::array v1{"v1_cell", "v1_rnn"};
  constexpr std::array tfjs{"tfjs_gru", "tfjs_cell", "tfjs_stack"};
  const auto among = [&](const auto& kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (system == "keras" && among(keras)) {
    return {Compat::keras3, Spelling::snake_case};
  }
  if (system == "tf-keras" && (among(keras) || among(v1))) {
    return {Compat::keras2, Spelling::snake_case};
  }
  if (system == "tfjs" && among(tfjs)) {
    return {Compat::tfjs, Spelling::camel_case};
  }
  throw CaseError(fmt::format("kind '{}' of system '{}' is not supported", kind, system));
}

GRUOptions gru_options(const Json& options, Dialect dialect) {
  OptionReader reader(options, "gru", dialect.spelling);
  GRUOptions result = read_gru(reader, dialect);
  reader.finish();
  return result;
}

std::pair<GRUOptions, BidirectionalOptions> bidirectional_options(const Json& options,
                                                                  Dialect dialect) {
  OptionReader reader(options, "bidirectional", dialect.spelling);
  std::pair<GRUOptions, BidirectionalOptions> result{read_gru(reader, dialect), {}};
  if (const Json* mode = reader.find("merge_mode")) {
    result.second.merge_mode = merge_mode_from(*mode);
  }
  reader.finish();
  return result;
}

V1GRUCellOptions v1_cell_options(const Json& options) {
  V1GRUCellOptions result;
  OptionReader reader(options, "v1_cell");
  reader.read("num_units", result.num_units);
  if (const Json* activation = reader.find("activation"); activation && !activation->is_null()) {
    const auto name = activation->get<std::string>();
    result.activation = name == "hard_sigmoid" ? "hard_sigmoid_keras2" : name;
  }
  reader.read("reuse", result.reuse);
  reader.read("kernel_initializer", result.kernel_initializer);
  reader.read("bias_initializer", result.bias_initializer);
  reader.read("name", result.name);
  reader.read("dtype", result.dtype);
  reader.read("trainable", result.trainable);
  reader.finish();
  return result;
}

GRUCellOptions gru_cell_options(const Json& options, Dialect dialect) {
  GRUCellOptions result;
  OptionReader reader(options, "gru_cell", dialect.spelling);
  read_cell(reader, result, dialect);
  reader.finish();
  return result;
}

std::pair<Json, RNNOptions> split_loop(const Json& options, Dialect dialect) {
  std::pair<Json, RNNOptions> result{options, {}};
  Json loop = Json::object();
  for (const char* name : loop_names) {
    if (const auto found = options.find(name); found != options.end()) {
      loop[name] = *found;
      result.first.erase(name);
    }
  }
  OptionReader reader(loop, "rnn", dialect.spelling);
  read_loop(reader, result.second, dialect);
  reader.finish();
  return result;
}

StackOptions stack_options(const Json& options, Dialect dialect) {
  StackOptions result;
  result.cells.compat = dialect.compat;
  OptionReader reader(options, "rnn", dialect.spelling);
  reader.ignore("cells");
  read_loop(reader, result.loop, dialect);
  reader.read("name", result.loop.name);
  reader.read("trainable", result.loop.trainable);
  if (dialect.compat == Compat::keras2) {
    reader.read("reverse_state_order", result.cells.reverse_state_order);
  }
  ignore_layer_arguments(reader);
  reader.finish();
  return result;
}

}  // namespace rondo::parity
