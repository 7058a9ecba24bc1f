#include "rondo/formats/replace_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;

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

  /// Some file systems report a failed write only here.
  void close(const Job& job) {
    if (::close(std::exchange(fd_, -1)) != 0) {
      job.fail(errno);
    }
  }

 private:
  int fd_;
};

/// A file that is removed again unless it was renamed.
class TemporaryFile {
 public:
  /// Beside `target`, since a file can only be renamed within its file system.
  TemporaryFile(const Job& job, const fs::path& target)
      : path_(unused_name(job, target)), descriptor_(fd_) {}

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  ~TemporaryFile() {
    if (!path_.empty()) {
      ::unlink(path_.c_str());
    }
  }

  [[nodiscard]] Descriptor& descriptor() { return descriptor_; }

  void rename_to(const Job& job, const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) {
      job.fail(errno);
    }
    path_.clear();
  }

 private:
  std::string unused_name(const Job& job, const fs::path& target) {
    constexpr int most_attempts = 1000;  // left behind by so many crashes
    constexpr mode_t before_umask = 0666;
    for (int i = 0; i < most_attempts; ++i) {
      std::string name = fmt::format("{}.tmp{}", target.string(), i);
      fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, before_umask);
      if (fd_ >= 0) {
        return name;
      }
      if (errno != EEXIST) {
        break;
      }
    }
    job.fail(errno);
  }

  int fd_ = -1;
  std::string path_;
  Descriptor descriptor_;
};

void write_all(const Job& job, int fd, std::span<const std::span<const std::byte>> parts) {
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

/// Makes the renaming itself survive a crash.
void sync_folder(const Job& job, const fs::path& target) {
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Not every file system can synchronise a folder: EINVAL.
  if (descriptor.get() < 0 || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
    job.fail(errno);
  }
}

void write_directly(const Job& job, std::span<const std::span<const std::byte>> parts) {
  Descriptor descriptor(::open(job.path.c_str(), O_WRONLY | O_CLOEXEC));
  if (descriptor.get() < 0) {
    job.fail(errno);
  }
  write_all(job, descriptor.get(), parts);
  descriptor.close(job);
}

}  // namespace

void replace_file(std::string_view op,
                  const std::filesystem::path& path,
                  std::span<const std::span<const std::byte>> parts) {
  const Job job{op, path};

  struct stat old {};

  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    write_directly(job, parts);
    return;
  }
  const fs::path target = exists ? fs::canonical(path) : path;  // a link stays a link
  TemporaryFile file(job, target);
  Descriptor& descriptor = file.descriptor();
  write_all(job, descriptor.get(), parts);
  if (exists && ::fchmod(descriptor.get(), old.st_mode & 07777) != 0) {
    job.fail(errno);
  }
  if (::fsync(descriptor.get()) != 0) {
    job.fail(errno);
  }
  descriptor.close(job);
  file.rename_to(job, target);
  sync_folder(job, target);
}

}  // namespace rondo
