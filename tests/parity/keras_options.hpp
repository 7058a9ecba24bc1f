/// Constructor arguments under Keras' names.
#pragma once

#include <utility>

#include "rondo/tests/parity/option_reader.hpp"

namespace rondo::parity {

/// @throws CaseError for an option that is not known
GRUOptions gru_options(const Json& options);
GRUCellOptions gru_cell_options(const Json& options);

/// Options of a cell and of the loop around it in one object: the part of each.
GRUCellOptions cell_part(const Json& options);
RNNOptions loop_part(const Json& options, bool with_cells);

/// Options of the inner GRU and of the wrapper around it in one object.
std::pair<GRUOptions, BidirectionalOptions> bidirectional_options(const Json& options);

}  // namespace rondo::parity
