/// The part of an HDF5 file that the library does not check itself. For the sources of this folder.
#pragma once

#include <string_view>

namespace rondo::detail {

/// Whether all texts of variable length lie inside of their heaps, and those inside of the file:
/// HDF5 1.10 copies what lies behind them, too.
[[nodiscard]] bool heaps_are_sound(std::string_view content);

}  // namespace rondo::detail
