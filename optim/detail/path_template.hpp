/// File names made of the numbers of a run; for the sources of this folder.
#pragma once

#include <filesystem>
#include <string>

#include "rondo/optim/history.hpp"

namespace rondo::detail {

/// Fills `weights-{epoch:02d}-{val_loss:.4f}`, in the format language that fmt and Python share.
/// @param epoch, batch  as they are to appear
/// @throws ArgumentError for a name that is neither `epoch`, `batch` nor one of the logs; the text
///         lists the known ones
[[nodiscard]] std::filesystem::path fill_path(const std::string& op,
                                              const std::string& path_template,
                                              std::size_t epoch,
                                              std::size_t batch,
                                              const Logs& logs);

}  // namespace rondo::detail
