/// A trained GRU as C99 source for programs without rondo. For the sources of this folder.
#pragma once

#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

/// One step at a time, as GRUStream: GRU layers, then Dense ones.
std::vector<std::string> write_c_source(const StoredModel& model,
                                        const std::filesystem::path& path,
                                        const WriteModelOptions& options);

}  // namespace rondo::detail
