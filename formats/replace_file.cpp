#include "rondo/formats/replace_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <random>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;

using Status = struct ::stat;
using Parts = std::span<const std::span<const std::byte>>;

/// Whose errors are reported, and under which name: not that of the temporary file.
struct Job {
  std::string_view op;
  const fs::path& path;

  [[noreturn]] void fail(int error) const {
    throw_format_error(
        op,
        fmt::format(
            "{}: cannot be written: {}", path.string(), std::generic_category().message(error)));
  }
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  [[nodiscard]] int get() const { return fd_; }

  void reset(int fd) {
    if (const int old = std::exchange(fd_, fd); old >= 0) {
      ::close(old);
    }
  }

  /// Some file systems report a failed write only here.
  void close(const Job& job) {
    if (::close(std::exchange(fd_, -1)) != 0) {
      job.fail(errno);
    }
  }

 private:
  int fd_;
};

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

constexpr std::string_view temporary_prefix = ".rondo-";
constexpr std::string_view temporary_suffix = ".tmp";
constexpr std::size_t temporary_digits = 16;

/// A name that nobody can have put a link or a file under.
std::string temporary_name() {
  std::random_device random;
  const std::uint64_t number = std::uint64_t{random()} << 32U | random();
  return fmt::format("{}{:016x}{}", temporary_prefix, number, temporary_suffix);
}

bool is_temporary_name(std::string_view name) {
  if (!name.starts_with(temporary_prefix) || !name.ends_with(temporary_suffix) ||
      name.size() != temporary_prefix.size() + temporary_digits + temporary_suffix.size()) {
    return false;
  }
  return name.find_first_not_of("0123456789abcdef", temporary_prefix.size()) ==
         temporary_prefix.size() + temporary_digits;
}

/// Removes what programs that were killed while they wrote have left behind. Those that write now
/// hold a lock on their file.
void remove_unfinished(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_temporary_name(entry.path().filename().native())) {
      continue;
    }
    const Descriptor file(
        ::open(entry.path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      ::unlink(entry.path().c_str());
    }
  }
}

/// The new content, in the folder of the target, since a file can only be renamed within its file
/// system. It has no name until it is whole, where the system can do that.
class TemporaryFile {
 public:
  /// @param mode  before umask
  TemporaryFile(const Job& job, const fs::path& folder, mode_t mode)
      : path_(folder / temporary_name()), descriptor_(-1) {
    if (!open_without_name(folder, mode)) {
      open_with_name(job, mode);
    }
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  ~TemporaryFile() {
    if (named_) {
      ::unlink(path_.c_str());
    }
  }

  [[nodiscard]] int get() const { return descriptor_.get(); }

  /// Gives the file the name of the target.
  void publish(const Job& job, const fs::path& target) {
    if (!named_ && link_to(target)) {  // there was no file of this name
      descriptor_.close(job);
      return;
    }
    if (!named_ && !link_to(path_)) {
      job.fail(errno);
    }
    named_ = true;
    if (::rename(path_.c_str(), target.c_str()) != 0) {
      job.fail(errno);
    }
    named_ = false;
    descriptor_.close(job);
  }

 private:
  [[nodiscard]] std::string as_open_file() const {
    return fmt::format("/proc/self/fd/{}", descriptor_.get());
  }

  bool open_without_name(const fs::path& folder, mode_t mode) {
    descriptor_.reset(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
    if (descriptor_.get() < 0 || ::access(as_open_file().c_str(), F_OK) != 0) {
      return false;
    }
    ::flock(descriptor_.get(), LOCK_EX | LOCK_NB);
    return true;
  }

  /// Until it is locked another program may take the file for one that was left behind.
  void open_with_name(const Job& job, mode_t mode) {
    Status status{};
    do {
      descriptor_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
      if (descriptor_.get() < 0) {
        job.fail(errno);
      }
      ::flock(descriptor_.get(), LOCK_EX | LOCK_NB);
    } while (::fstat(descriptor_.get(), &status) == 0 && status.st_nlink == 0);
    named_ = true;
  }

  bool link_to(const fs::path& name) {
    return ::linkat(AT_FDCWD, as_open_file().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) ==
           0;
  }

  fs::path path_;
  Descriptor descriptor_;
  bool named_ = false;
};

void write_all(const Job& job, int fd, Parts parts) {
  for (std::span<const std::byte> part : parts) {
    while (!part.empty()) {
      const ssize_t written = ::write(fd, part.data(), part.size());
      if (written >= 0) {
        part = part.subspan(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        job.fail(errno);
      }
    }
  }
}

/// Owner and mode of the file that is replaced, before the first byte is written. That the owner
/// cannot be kept is no error: only the superuser may give files away.
void keep_rights(const Job& job, int fd, const Status& old) {
  Status own{};
  if (::fstat(fd, &own) == 0 && (own.st_uid != old.st_uid || own.st_gid != old.st_gid)) {
    [[maybe_unused]] const int ignored = ::fchown(fd, old.st_uid, old.st_gid);
  }
  if (::fchmod(fd, old.st_mode & 07777) != 0) {
    job.fail(errno);
  }
}

/// Makes the renaming itself survive a crash.
void sync_folder(const Job& job, const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Not every file system can synchronise a folder: EINVAL.
  if (descriptor.get() < 0 || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
    job.fail(errno);
  }
}

/// O_APPEND: /dev/stdout may be a file that has some content already.
void write_directly(const Job& job, Parts parts) {
  Descriptor descriptor(::open(job.path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (descriptor.get() < 0) {
    job.fail(errno);
  }
  write_all(job, descriptor.get(), parts);
  descriptor.close(job);
}

/// What links lead to, whether it exists or not; nothing for a file that is open already, such as
/// /dev/stdout.
std::optional<fs::path> behind_links(const Job& job) {
  constexpr int most_links = 40;  // as Linux
  fs::path path = job.path;
  for (int i = 0; i < most_links; ++i) {
    std::error_code error;
    if (!fs::is_symlink(path, error)) {
      return path;
    }
    const std::string folder = fs::canonical(folder_of(path), error).string();
    if (folder.starts_with("/proc/") && folder.ends_with("/fd")) {
      return std::nullopt;
    }
    path = folder_of(path) / fs::read_symlink(path, error);
    if (error) {
      job.fail(error.value());
    }
  }
  job.fail(ELOOP);
}

}  // namespace

void replace_file(std::string_view op, const std::filesystem::path& path, Parts parts) {
  constexpr mode_t usual = 0666, until_it_is_known = 0600;
  const Job job{op, path};
  const std::optional<fs::path> target = behind_links(job);
  Status old{};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (!target || (exists && !S_ISREG(old.st_mode))) {
    write_directly(job, parts);
    return;
  }
  const fs::path folder = folder_of(*target);
  remove_unfinished(folder);
  TemporaryFile file(job, folder, exists ? until_it_is_known : usual);
  if (exists) {
    keep_rights(job, file.get(), old);
  }
  write_all(job, file.get(), parts);
  if (::fsync(file.get()) != 0) {
    job.fail(errno);
  }
  file.publish(job, *target);
  sync_folder(job, folder);
}

}  // namespace rondo
