#include "rondo/tests/parity/keras_options.hpp"

namespace rondo::parity {

namespace {

/// What GRUOptions and GRUCellOptions have in common.
template <class Options>
void read_cell(OptionReader& reader, Options& o) {
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
  reader.read("seed", o.seed);
}

/// What GRUOptions and RNNOptions have in common.
template <class Options>
void read_loop(OptionReader& reader, Options& o) {
  reader.read("return_sequences", o.return_sequences);
  reader.read("return_state", o.return_state);
  reader.read("go_backwards", o.go_backwards);
  reader.read("stateful", o.stateful);
  reader.read("unroll", o.unroll);
  reader.read("zero_output_for_mask", o.zero_output_for_mask);
  reader.read("activity_regularizer", o.activity_regularizer);
  reader.read("trainable", o.trainable);
  reader.read("name", o.name);
}

}  // namespace

namespace {

GRUOptions read_gru(OptionReader& reader) {
  GRUOptions result;
  read_cell(reader, result);
  read_loop(reader, result);
  reader.read("time_major", result.time_major);
  reader.ignore("use_cudnn");  // Keras' choice of a kernel, not of numbers
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

GRUOptions gru_options(const Json& options) {
  OptionReader reader(options, "gru");
  GRUOptions result = read_gru(reader);
  reader.finish();
  return result;
}

std::pair<GRUOptions, BidirectionalOptions> bidirectional_options(const Json& options) {
  OptionReader reader(options, "bidirectional");
  std::pair<GRUOptions, BidirectionalOptions> result{read_gru(reader), {}};
  if (const Json* mode = reader.find("merge_mode")) {
    result.second.merge_mode = merge_mode_from(*mode);
  }
  reader.finish();
  return result;
}

GRUCellOptions gru_cell_options(const Json& options) {
  GRUCellOptions result;
  OptionReader reader(options, "gru_cell");
  read_cell(reader, result);
  reader.read("trainable", result.trainable);
  reader.read("name", result.name);
  reader.finish();
  return result;
}

GRUCellOptions cell_part(const Json& options) {
  GRUCellOptions result;
  RNNOptions loop;
  OptionReader reader(options, "rnn_gru_cell");
  read_cell(reader, result);
  read_loop(reader, loop);
  reader.finish();
  return result;
}

RNNOptions loop_part(const Json& options, bool with_cells) {
  RNNOptions result;
  GRUCellOptions cell;
  OptionReader reader(options, "rnn");
  read_loop(reader, result);
  if (with_cells) {
    reader.ignore("cells");  // each is read by itself
  } else {
    read_cell(reader, cell);
  }
  reader.finish();
  return result;
}

}  // namespace rondo::parity
