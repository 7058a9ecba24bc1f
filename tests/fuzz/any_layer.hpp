/// Layers with any options, possible ones and others.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/fuzz/choices.hpp"

namespace rondo::fuzz {

inline void choose_compatibility(Choices& c, GRUOptions& o) {
  o.compat = c.of({Compat::keras3, Compat::keras2, Compat::tf20, Compat::tfjs, Compat::v1});
  if (c.flag()) {
    o.reset_after = c.flag();
  }
  if (c.flag()) {
    o.implementation = c.number(-1, 3);
  }
  if (c.flag()) {
    o.masked_output = c.of({MaskedOutput::previous_output, MaskedOutput::previous_state});
  }
  if (c.flag()) {
    o.legacy_masked_carry = c.flag();
  }
  if (c.flag()) {
    o.dropout_mask_count = c.number(0, 4);
  }
  if (c.flag()) {
    o.per_step_input_dropout = c.flag();
  }
}

inline GRUOptions gru_options(Choices& c) {
  GRUOptions o{.units = c.size(0, 5)};
  const char* const names[] = {
      "tanh", "sigmoid", "relu", "linear", "hard_sigmoid", "softplus", "softmax", "elu"};
  o.activation = c.of(names);
  if (c.flag()) {
    o.recurrent_activation = Activation(c.of(names));
  }
  o.use_bias = c.flag();
  o.dropout = c.rate();
  o.recurrent_dropout = c.rate();
  o.return_sequences = c.flag();
  o.return_state = c.flag();
  o.go_backwards = c.flag();
  o.stateful = c.flag();
  o.time_major = c.one_in(5);
  o.unroll = c.one_in(6);
  o.zero_output_for_mask = c.flag();
  o.use_fused = c.of({UseFused::automatic, UseFused::on, UseFused::off});
  choose_compatibility(c, o);
  if (c.one_in(4)) {
    o.kernel_constraint = constraints::max_norm(0.5, c.number(-3, 3));
    o.kernel_regularizer = regularizers::l2(c.rate());
    o.activity_regularizer = regularizers::l1(0.01);
  }
  return o;
}

template <class T>
std::unique_ptr<Layer<T>> stacked_cells(Choices& c) {
  std::vector<std::unique_ptr<Cell<T>>> cells;
  for (int n = c.number(0, 3); n > 0; --n) {
    cells.push_back(
        std::make_unique<GRUCell<T>>(GRUCellOptions{.units = c.size(1, 4), .dropout = c.rate()}));
  }
  auto stack = std::make_unique<StackedRNNCells<T>>(
      std::move(cells), StackedRNNCellsOptions{.reverse_state_order = c.flag()});
  return std::make_unique<RNN<T>>(std::unique_ptr<Cell<T>>(std::move(stack)),
                                  RNNOptions{.return_sequences = c.flag(), .stateful = c.flag()});
}

template <class T>
std::unique_ptr<Layer<T>> dropout(Choices& c) {
  DropoutOptions o{.rate = c.rate()};
  for (int n = c.number(0, 3); n > 0; --n) {
    o.noise_shape.push_back(c.flag() ? std::nullopt : std::optional(c.size(0, 3)));
  }
  return std::make_unique<Dropout<T>>(o);
}

template <class T>
std::unique_ptr<Layer<T>> simple_layer(Choices& c) {
  switch (c.number(0, 8)) {
    case 0:
      return std::make_unique<GRU<T>>(gru_options(c));
    case 1:
      return std::make_unique<Dense<T>>(
          DenseOptions{.units = c.size(0, 4), .activation = c.flag() ? "softmax" : "relu"});
    case 2:
      return dropout<T>(c);
    case 3:
      return std::make_unique<LSTM<T>>(LSTMOptions{.units = c.size(1, 4),
                                                   .dropout = c.rate(),
                                                   .return_sequences = c.flag(),
                                                   .stateful = c.flag()});
    case 4:
      return std::make_unique<SimpleRNN<T>>(SimpleRNNOptions{.units = c.size(1, 4),
                                                             .recurrent_dropout = c.rate(),
                                                             .return_sequences = c.flag(),
                                                             .go_backwards = c.flag()});
    case 5:
      return std::make_unique<LayerNormalization<T>>(LayerNormalizationOptions{
          .axis = {c.number(-4, 4)}, .epsilon = c.flag() ? 1e-3 : c.value()});
    case 6:
      return std::make_unique<Masking<T>>(MaskingOptions{.mask_value = c.flag() ? 0.0 : c.value()});
    case 7:
      return std::make_unique<Embedding<T>>(EmbeddingOptions{
          .input_dim = c.size(0, 4), .output_dim = c.size(0, 3), .mask_zero = c.flag()});
    default:
      return stacked_cells<T>(c);
  }
}

/// One layer or, at small depths, one around others. @throws Error for options that are refused
template <class T>
std::unique_ptr<Layer<T>> any_layer(Choices& c, int depth = 0) {
  switch (depth > 1 ? 0 : c.number(0, 11)) {
    case 9:
      return std::make_unique<TimeDistributed<T>>(any_layer<T>(c, depth + 1));
    case 10:
      return std::make_unique<Bidirectional<T>>(
          GRU<T>(gru_options(c)),
          BidirectionalOptions{.merge_mode = c.of({MergeMode::concat,
                                                   MergeMode::sum,
                                                   MergeMode::mul,
                                                   MergeMode::ave,
                                                   MergeMode::none})});
    case 11: {
      auto model = std::make_unique<Sequential<T>>("inner");
      for (int n = c.number(0, 2); n > 0; --n) {
        model->add(any_layer<T>(c, depth + 1));
      }
      return model;
    }
    default:
      return simple_layer<T>(c);
  }
}

}  // namespace rondo::fuzz
