/// The table of formats: all that the front knows of them. For the sources of this folder.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/interop/model_file.hpp"

namespace rondo::detail {

/// A file that is to be read. Its content is read once and no other file is opened, except for
/// those that it names and that lie beside it.
struct ModelSource {
  std::filesystem::path path;
  std::string content;
  /// The names of its members, if it is a zip archive.
  std::vector<std::string> members;
};

/// One source behind each, or a stub that throws StateError and says what to install. A stub
/// matches as its original does, so that a file is named for what it is.
struct ModelFormat {
  FormatDescription about;
  bool (*matches)(const ModelSource& file);
  /// Null if it matches none.
  StoredModel (*read)(const ModelSource& file, const ReadModelOptions& options);
  /// Null: only read. Returns what was left out.
  std::vector<std::string> (*write)(const StoredModel& model,
                                    const std::filesystem::path& path,
                                    const WriteModelOptions& options);
};

/// In the order in which they are asked whether a file is theirs.
[[nodiscard]] std::span<const ModelFormat> model_formats();

/// `[keras] path: problem`
[[noreturn]] void refuse_file(std::string_view format,
                              const std::filesystem::path& path,
                              std::string_view problem);

/// What a stub says: `[keras] path: this build does not have the format: install libzip (Debian
/// libzip-dev) and build rondo again`
[[noreturn]] void refuse_missing(std::string_view format,
                                 const std::filesystem::path& path,
                                 std::string_view packages);

}  // namespace rondo::detail
