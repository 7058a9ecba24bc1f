/// Finds the time of each row of a table that is read; for its source.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "rondo/data/table.hpp"

namespace rondo::detail {

using Cells = std::vector<std::string_view>;

/// @param table     with all but its times
/// @param cells_of  the text of a column, by its place
/// @param guesses   gets how the columns were chosen if the options do not name them
/// @throws as read_table()
RowTimes read_row_times(const Table& table,
                        const TableOptions& options,
                        const std::function<Cells(std::size_t)>& cells_of,
                        std::vector<Guess>& guesses);

}  // namespace rondo::detail
