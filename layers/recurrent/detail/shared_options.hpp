/// What the option structs of the recurrent layers and cells have in common, written once. For
/// their sources only.
#pragma once

#include <nlohmann/json.hpp>

#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/recurrent/rnn.hpp"

namespace rondo {

template <class F>
Config to_config(const std::optional<F>& function) {
  return function ? to_config(*function) : Config();
}

/// The part of a layer's options that concerns the loop.
template <class Options>
RNNOptions loop_options_of(const Options& o) {
  return {.return_sequences = o.return_sequences,
          .return_state = o.return_state,
          .go_backwards = o.go_backwards,
          .stateful = o.stateful,
          .unroll = o.unroll,
          .time_major = o.time_major,
          .zero_output_for_mask = o.zero_output_for_mask,
          .masked_output = o.masked_output,
          .prefer_stored_state = o.prefer_stored_state,
          .propagate_mask = o.propagate_mask,
          .activity_regularizer = o.activity_regularizer,
          .compat = o.compat,
          .trainable = o.trainable,
          .name = o.name};
}

/// A layer's options with another loop.
template <class Options>
Options with_loop(Options o, const RNNOptions& loop) {
  o.return_sequences = loop.return_sequences;
  o.return_state = loop.return_state;
  o.go_backwards = loop.go_backwards;
  o.stateful = loop.stateful;
  o.unroll = loop.unroll;
  o.time_major = loop.time_major;
  o.zero_output_for_mask = loop.zero_output_for_mask;
  o.masked_output = loop.masked_output;
  o.prefer_stored_state = loop.prefer_stored_state;
  o.propagate_mask = loop.propagate_mask;
  o.activity_regularizer = loop.activity_regularizer;
  o.compat = loop.compat;
  o.trainable = loop.trainable;
  o.name = loop.name;
  return o;
}

/// Copies to the options of a cell what it shares with the options of its layer.
template <class CellOptions, class Options>
CellOptions cell_options_of(const Options& o) {
  CellOptions cell;
  cell.units = o.units;
  cell.activation = o.activation;
  cell.use_bias = o.use_bias;
  cell.kernel_initializer = o.kernel_initializer;
  cell.recurrent_initializer = o.recurrent_initializer;
  cell.bias_initializer = o.bias_initializer;
  cell.kernel_regularizer = o.kernel_regularizer;
  cell.recurrent_regularizer = o.recurrent_regularizer;
  cell.bias_regularizer = o.bias_regularizer;
  cell.kernel_constraint = o.kernel_constraint;
  cell.recurrent_constraint = o.recurrent_constraint;
  cell.bias_constraint = o.bias_constraint;
  cell.dropout = o.dropout;
  cell.recurrent_dropout = o.recurrent_dropout;
  cell.seed = o.seed;
  cell.compat = o.compat;
  cell.trainable = o.trainable;
  return cell;
}

/// Writes the options that all cells have.
template <class CellOptions>
void write_cell_options(Config& c, const CellOptions& o) {
  c["units"] = o.units;
  c["activation"] = to_config(o.activation);
  c["use_bias"] = o.use_bias;
  c["kernel_initializer"] = to_config(o.kernel_initializer);
  c["recurrent_initializer"] = to_config(o.recurrent_initializer);
  c["bias_initializer"] = to_config(o.bias_initializer);
  c["kernel_regularizer"] = to_config(o.kernel_regularizer);
  c["recurrent_regularizer"] = to_config(o.recurrent_regularizer);
  c["bias_regularizer"] = to_config(o.bias_regularizer);
  c["kernel_constraint"] = to_config(o.kernel_constraint);
  c["recurrent_constraint"] = to_config(o.recurrent_constraint);
  c["bias_constraint"] = to_config(o.bias_constraint);
  c["dropout"] = o.dropout;
  c["recurrent_dropout"] = o.recurrent_dropout;
  c["seed"] = o.seed ? Config(*o.seed) : Config();
}

/// A layer's config: the cell's options and the loop's in one list, as in Keras.
inline void merge_cell_config(Config& layer, const Config& cell) {
  for (const auto& [key, value] : cell["config"].items()) {
    if (!layer["config"].contains(key)) {
      layer["config"][key] = value;
    }
  }
}

}  // namespace rondo
