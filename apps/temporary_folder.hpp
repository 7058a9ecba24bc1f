/// A folder that is gone at the end.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "rondo/core/error.hpp"

namespace rondo::apps {

class TemporaryFolder {
 public:
  /// @throws FormatError if it cannot be made
  explicit TemporaryFolder(const std::filesystem::path& parent) {
    std::string name = (parent / ".rondo-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw_format_error(
          "files",
          parent.string() + ": cannot be written: " + std::generic_category().message(errno));
    }
    path_ = name;
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace rondo::apps
