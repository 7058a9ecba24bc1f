/// Constructor arguments of Keras 3, tf-keras and TF.js under their own names.
#pragma once

#include <utility>

#include "rondo/tests/parity/option_reader.hpp"

namespace rondo::parity {

/// What a system calls the options, which of them it has, and its defaults.
struct Dialect {
  Compat compat = Compat::keras3;
  Spelling spelling = Spelling::snake_case;
  /// Not an option of the system: which of our paths is compared.
  UseFused use_fused = UseFused::automatic;
};

/// @throws CaseError unless the system has such a kind
Dialect dialect_of(const std::string& system, const std::string& kind);

/// @throws CaseError for an option that is not known
GRUOptions gru_options(const Json& options, Dialect dialect);
GRUCellOptions gru_cell_options(const Json& options, Dialect dialect);

/// Those of tf.compat.v1.nn.rnn_cell.GRUCell.
V1GRUCellOptions v1_cell_options(const Json& options);

/// Options of one cell and of the loop around it in one object: those of the cell, and the loop.
std::pair<Json, RNNOptions> split_loop(const Json& options, Dialect dialect);

struct StackOptions {
  StackedRNNCellsOptions cells;
  RNNOptions loop;
};

/// Without `cells`, each of which is read by itself.
StackOptions stack_options(const Json& options, Dialect dialect);

/// Options of the inner GRU and of the wrapper around it in one object.
std::pair<GRUOptions, BidirectionalOptions> bidirectional_options(const Json& options,
                                                                  Dialect dialect);

}  // namespace rondo::parity
