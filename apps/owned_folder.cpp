#include "rondo/apps/owned_folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& folder, int error) {
  throw_format_error("out",
                     fmt::format("the folder {} cannot be written: {}",
                                 folder.string(),
                                 std::generic_category().message(error)));
}

struct flock whole_file() {
  struct flock lock {};

  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

enum class Attempt { held, again, impossible };

/// A record lock and not that of flock(), which does not say whose it is.
Attempt lock_file(const fs::path& folder, int file) {
  struct flock lock = whole_file();

  if (::fcntl(file, F_SETLK, &lock) == 0) {
    return Attempt::held;
  }
  if (errno != EAGAIN && errno != EACCES) {
    return Attempt::impossible;
  }
  lock = whole_file();
  if (::fcntl(file, F_GETLK, &lock) != 0) {
    return Attempt::impossible;
  }
  if (lock.l_type == F_UNLCK) {
    return Attempt::again;  // given back in between
  }
  throw_format_error("out",
                     fmt::format("the folder {} is in use by process {}: wait for its end or give "
                                 "another --out",
                                 folder.string(),
                                 lock.l_pid));
}

/// Whether the file still has this name: who had it before takes it away at the end.
bool is_named(int file, const fs::path& name) {
  struct stat opened {};

  struct stat there {};

  return ::fstat(file, &opened) == 0 && ::stat(name.c_str(), &there) == 0 &&
         opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

}  // namespace

MadeFolder::MadeFolder(const fs::path& folder) : folder_(folder.lexically_normal()) {
  if (!folder_.has_filename()) {
    folder_ = folder_.parent_path();  // of `out/`
  }
  std::error_code error;
  for (fs::path above = folder_; !above.empty() && !fs::exists(fs::symlink_status(above, error));
       above = above.parent_path()) {
    highest_ = above;
  }
  fs::create_directories(folder_, error);
  if (error) {
    fail(folder_, error.value());
  }
  if (::access(folder_.c_str(), W_OK) != 0) {
    fail(folder_, errno);
  }
}

MadeFolder::~MadeFolder() {
  fs::path empty = folder_;
  while (!highest_.empty() && ::rmdir(empty.c_str()) == 0 && empty != highest_) {
    empty = empty.parent_path();
  }
}

FolderLock::FolderLock(const fs::path& folder) : name_(folder / ".lock") {
  for (Attempt attempt = Attempt::again; attempt == Attempt::again;) {
    const int file = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) {
      fail(folder, errno);
    }
    try {
      attempt = lock_file(folder, file);
    } catch (...) {
      ::close(file);
      throw;
    }
    if (attempt == Attempt::held && is_named(file, name_)) {
      file_ = file;
      return;
    }
    if (attempt == Attempt::impossible) {
      notice("{} cannot be locked ({}): no other run may use the folder",
             name_.string(),
             std::generic_category().message(errno));
      ::unlink(name_.c_str());
    } else {
      attempt = Attempt::again;
    }
    ::close(file);
  }
}

FolderLock::~FolderLock() {
  if (file_ >= 0) {
    ::unlink(name_.c_str());
    ::close(file_);
  }
}

}  // namespace rondo::apps
