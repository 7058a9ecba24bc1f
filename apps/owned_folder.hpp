/// A folder that one process at a time writes to.
#pragma once

#include <filesystem>

namespace rondo::apps {

/// Makes a folder and those above it; those of them that are empty at the end go again.
class MadeFolder {
 public:
  /// @throws FormatError if it cannot be made or written to
  explicit MadeFolder(const std::filesystem::path& folder);
  MadeFolder(const MadeFolder&) = delete;
  MadeFolder& operator=(const MadeFolder&) = delete;
  ~MadeFolder();

 private:
  std::filesystem::path folder_;
  std::filesystem::path highest_;  // that was made; empty: none
};

/// Holds a folder by a lock on the file `.lock` in it. The system lets go of it when the process
/// ends, however that happens; a file that stays then does no harm.
class FolderLock {
 public:
  /// If the system cannot lock, a line says so.
  /// @throws FormatError `the folder out is in use by process 123`
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  std::filesystem::path name_;
  int file_ = -1;
};

}  // namespace rondo::apps
