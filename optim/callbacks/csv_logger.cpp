#include "rondo/optim/callbacks/csv_logger.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

/// Exact, and without the sign that NaN may have.
std::string cell(std::optional<double> value) {
  if (!value) {
    return "NA";
  }
  return std::isnan(*value) ? "nan" : fmt::format("{}", *value);
}

[[noreturn]] void fail_to_log(const std::filesystem::path& path, int error) {
  throw_format_error(
      "CSVLogger",
      fmt::format(
          "{}: cannot be written: {}", path.string(), std::generic_category().message(error)));
}

/// Open for the time of one line: an epoch is long, and the file may be moved or deleted meanwhile.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path)
      : path_(path),
        descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) {
      fail_to_log(path_, errno);
    }
  }

  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  ~LogFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  /// Of a regular file; nothing for a device.
  [[nodiscard]] std::optional<std::uint64_t> size() const {
    struct stat status {};

    if (::fstat(descriptor_, &status) != 0) {
      fail_to_log(path_, errno);
    }
    return S_ISREG(status.st_mode) ? std::optional(static_cast<std::uint64_t>(status.st_size))
                                   : std::nullopt;
  }

  void truncate(std::uint64_t size) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
      fail_to_log(path_, errno);
    }
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        fail_to_log(path_, errno);
      }
    }
  }

  /// Some file systems report a failed write only here.
  void close() {
    if (::close(std::exchange(descriptor_, -1)) != 0) {
      fail_to_log(path_, errno);
    }
  }

 private:
  const std::filesystem::path& path_;
  int descriptor_;
};

}  // namespace

template <Real T>
CSVLogger<T>::CSVLogger(CSVLoggerOptions options) : options_(std::move(options)) {
  if (options_.filename.empty()) {
    throw_argument_error("CSVLogger", "filename is empty");
  }
  if (options_.separator.size() != 1) {
    throw_argument_error(
        "CSVLogger", fmt::format("separator must be one character, got '{}'", options_.separator));
  }
}

template <Real T>
void CSVLogger<T>::on_train_begin(Trainer<T>&) {
  names_.clear();
  lines_ = size_ = 0;
  told_ = false;
  if (options_.append) {
    std::error_code none;
    const auto size = std::filesystem::file_size(options_.filename, none);
    size_ = none ? 0 : size;
  }
}

template <Real T>
void CSVLogger<T>::choose_names(const Logs& logs) {
  for (const Logs::Entry& entry : logs.entries()) {
    names_.push_back(entry.name);
  }
  std::sort(names_.begin(), names_.end());
  const auto validates = [](const std::string& name) { return name.starts_with("val_"); };
  if (std::none_of(names_.begin(), names_.end(), validates)) {
    const std::size_t count = names_.size();
    for (std::size_t i = 0; i < count; ++i) {
      names_.push_back("val_" + names_[i]);
    }
  }
}

/// The line of an epoch that is over; of a value that it lacks and of NaN the history knows the
/// same.
template <Real T>
std::string CSVLogger<T>::past_line(const History& history, std::size_t index) const {
  Logs logs;
  for (const std::string& name : history.names()) {
    if (const double value = history.values(name)[index]; !std::isnan(value)) {
      logs.set(name, value);
    }
  }
  return line(history.epochs()[index], logs);
}

template <Real T>
std::string CSVLogger<T>::line(std::size_t epoch, const Logs& logs) const {
  std::string text = std::to_string(epoch);
  for (const std::string& name : names_) {
    text += options_.separator + cell(logs.find(name));
  }
  return text + '\n';
}

template <Real T>
void CSVLogger<T>::on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) {
  if (names_.empty()) {
    choose_names(logs);
  }
  detail::write_aside(options_.out, told_, [&] { write(trainer.history(), line(epoch, logs)); });
}

/// What the last epoch could not write.
template <Real T>
void CSVLogger<T>::on_train_end(Trainer<T>& trainer, const Logs&) {
  if (!names_.empty() && lines_ < trainer.history().epochs().size()) {
    detail::write_aside(options_.out, told_, [&] { write(trainer.history(), ""); });
  }
}

/// The file gets the lines that it lacks and this one.
template <Real T>
void CSVLogger<T>::write(const History& history, const std::string& last) {
  LogFile file(options_.filename);
  const auto size = file.size();
  if (size && *size < size_) {  // it was deleted or cut
    lines_ = 0;
    size_ = options_.append ? *size : 0;
  }
  if (size && *size > size_) {
    file.truncate(size_);  // lines that do not belong to the run
  }
  std::string text;
  if (size_ == 0) {
    text = fmt::format("epoch{}{}\n", options_.separator, fmt::join(names_, options_.separator));
  }
  for (std::size_t i = lines_; i < history.epochs().size(); ++i) {
    text += past_line(history, i);
  }
  text += last;
  file.write(text);
  file.close();
  size_ += text.size();
  lines_ = history.epochs().size() + (last.empty() ? 0 : 1);
}

template <Real T>
void CSVLogger<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit("size", size_);
  visitor.visit("lines", lines_);
  visitor.visit_names("names", names_);
}

template class CSVLogger<float>;
template class CSVLogger<double>;

}  // namespace rondo
