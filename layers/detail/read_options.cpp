// The options of all layers, key by key.
#include "rondo/layers/detail/read_options.hpp"

namespace rondo {

namespace {

/// What all cells and the layers over them share.
template <class Options>
void read_cell(ConfigReader& reader, Options& o) {
  reader.read("units", o.units);
  reader.read("activation", o.activation);
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
  reader.read("seed", o.seed);
}

/// What all layers over a cell share.
template <class Options>
void read_loop(ConfigReader& reader, Options& o) {
  reader.read("return_sequences", o.return_sequences);
  reader.read("return_state", o.return_state);
  reader.read("go_backwards", o.go_backwards);
  reader.read("stateful", o.stateful);
  reader.read("unroll", o.unroll);
  reader.read("time_major", o.time_major);
  reader.read("zero_output_for_mask", o.zero_output_for_mask);
  reader.choose<MaskedOutput>("masked_output",
                              o.masked_output,
                              {{"previous_output", MaskedOutput::previous_output},
                               {"previous_state", MaskedOutput::previous_state}});
  reader.read("prefer_stored_state", o.prefer_stored_state);
  reader.read("propagate_mask", o.propagate_mask);
  reader.read("activity_regularizer", o.activity_regularizer);
}

/// Keras 1 called implementation 1 by the number 0.
void read_implementation(ConfigReader& reader, std::optional<int>& implementation) {
  reader.read("implementation", implementation);
  if (implementation == 0) {
    implementation = 1;
  }
}

template <class Options>
void read_gru(ConfigReader& reader, Options& o) {
  read_cell(reader, o);
  reader.read("recurrent_activation", o.recurrent_activation);
  reader.read("reset_after", o.reset_after);
  read_implementation(reader, o.implementation);
  reader.read("legacy_masked_carry", o.legacy_masked_carry);
  reader.read("dropout_mask_count", o.dropout_mask_count);
  reader.read("per_step_input_dropout", o.per_step_input_dropout);
}

template <class Options>
void read_lstm(ConfigReader& reader, Options& o) {
  read_cell(reader, o);
  reader.read("recurrent_activation", o.recurrent_activation);
  reader.read("unit_forget_bias", o.unit_forget_bias);
  read_implementation(reader, o.implementation);
  reader.read("per_step_input_dropout", o.per_step_input_dropout);
}

}  // namespace

void read_options(ConfigReader& reader, GRUCellOptions& o) {
  read_gru(reader, o);
}

void read_options(ConfigReader& reader, GRUOptions& o) {
  read_gru(reader, o);
  read_loop(reader, o);
}

void read_options(ConfigReader& reader, LSTMCellOptions& o) {
  read_lstm(reader, o);
}

void read_options(ConfigReader& reader, LSTMOptions& o) {
  read_lstm(reader, o);
  read_loop(reader, o);
}

void read_options(ConfigReader& reader, SimpleRNNCellOptions& o) {
  read_cell(reader, o);
}

void read_options(ConfigReader& reader, SimpleRNNOptions& o) {
  read_cell(reader, o);
  read_loop(reader, o);
}

void read_options(ConfigReader& reader, RNNOptions& o) {
  read_loop(reader, o);
}

void read_options(ConfigReader& reader, V1GRUCellOptions& o) {
  reader.read("num_units", o.num_units);
  reader.read("activation", o.activation);
  reader.read("reuse", o.reuse);
  reader.read("kernel_initializer", o.kernel_initializer);
  reader.read("bias_initializer", o.bias_initializer);
  reader.read("activity_regularizer", o.activity_regularizer);
  reader.read("regularizer", o.regularizer);
}

void read_options(ConfigReader& reader, DenseOptions& o) {
  reader.read("units", o.units);
  reader.read("activation", o.activation);
  reader.read("use_bias", o.use_bias);
  reader.read("kernel_initializer", o.kernel_initializer);
  reader.read("bias_initializer", o.bias_initializer);
  reader.read("kernel_regularizer", o.kernel_regularizer);
  reader.read("bias_regularizer", o.bias_regularizer);
  reader.read("activity_regularizer", o.activity_regularizer);
  reader.read("kernel_constraint", o.kernel_constraint);
  reader.read("bias_constraint", o.bias_constraint);
  reader.accept("quantization_config", {nullptr});
}

void read_options(ConfigReader& reader, EmbeddingOptions& o) {
  reader.read("input_dim", o.input_dim);
  reader.read("output_dim", o.output_dim);
  reader.read("embeddings_initializer", o.embeddings_initializer);
  reader.read("embeddings_regularizer", o.embeddings_regularizer);
  reader.read("activity_regularizer", o.activity_regularizer);
  reader.read("embeddings_constraint", o.embeddings_constraint);
  reader.read("mask_zero", o.mask_zero);
  reader.accept("input_length", {nullptr});
  reader.accept("quantization_config", {nullptr});
}

void read_options(ConfigReader& reader, DropoutOptions& o) {
  reader.read("rate", o.rate);
  reader.read("seed", o.seed);
  reader.read("noise_shape", o.noise_shape);
}

void read_options(ConfigReader& reader, LayerNormalizationOptions& o) {
  reader.read("axis", o.axis);
  reader.read("epsilon", o.epsilon);
  reader.read("center", o.center);
  reader.read("scale", o.scale);
  reader.read("beta_initializer", o.beta_initializer);
  reader.read("gamma_initializer", o.gamma_initializer);
  reader.read("beta_regularizer", o.beta_regularizer);
  reader.read("gamma_regularizer", o.gamma_regularizer);
  reader.read("beta_constraint", o.beta_constraint);
  reader.read("gamma_constraint", o.gamma_constraint);
  reader.accept("rms_scaling", {false});
}

void read_options(ConfigReader& reader, MaskingOptions& o) {
  reader.read("mask_value", o.mask_value);
}

void read_options(ConfigReader& reader, InputOptions& o) {
  PartialShape shape;
  reader.read("batch_shape", shape);
  if (shape.empty()) {
    reader.read("batch_input_shape", shape);  // Keras 2
  }
  if (shape.empty()) {
    reader.fail("batch_shape", "is missing");
  }
  o.batch_size = shape.front();
  o.shape.assign(shape.begin() + 1, shape.end());
  reader.accept("sparse", {false});
  reader.accept("ragged", {false});
  reader.accept("optional", {false});
}

void read_options(ConfigReader&, TimeDistributedOptions&) {}

void read_options(ConfigReader& reader, BidirectionalOptions& o) {
  reader.choose<MergeMode>("merge_mode",
                           o.merge_mode,
                           {{"concat", MergeMode::concat},
                            {"sum", MergeMode::sum},
                            {"mul", MergeMode::mul},
                            {"ave", MergeMode::ave},
                            {"none", MergeMode::none},
                            {nullptr, MergeMode::none}});
  reader.read("zero_output_for_mask", o.zero_output_for_mask);
}

void read_options(ConfigReader& reader, StackedRNNCellsOptions& o) {
  reader.read("reverse_state_order", o.reverse_state_order);
}

}  // namespace rondo
