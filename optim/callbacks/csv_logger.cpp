#include "rondo/optim/callbacks/csv_logger.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

constexpr const char* csv_logger_op = "CSVLogger";

/// Exact, and without the sign that NaN may have.
std::string cell(std::optional<double> value) {
  if (!value) {
    return "NA";
  }
  return std::isnan(*value) ? "nan" : fmt::format("{}", *value);
}

}  // namespace

template <Real T>
CSVLogger<T>::CSVLogger(CSVLoggerOptions options) : options_(std::move(options)) {
  if (options_.filename.empty()) {
    throw_argument_error(csv_logger_op, "filename is empty");
  }
  if (options_.separator.size() != 1) {
    throw_argument_error(
        csv_logger_op,
        fmt::format("separator must be one character, got '{}'", options_.separator));
  }
}

template <Real T>
void CSVLogger<T>::fail(int error) const {
  throw_format_error(csv_logger_op,
                     fmt::format("{}: cannot be written: {}",
                                 options_.filename.string(),
                                 std::generic_category().message(error)));
}

/// Opens the file as it is: a run that goes on needs its lines.
template <Real T>
void CSVLogger<T>::on_train_begin(Trainer<T>&) {
  names_.clear();
  file_.reset(std::fopen(options_.filename.c_str(), "ae"));
  if (file_ == nullptr) {
    fail(errno);
  }
  size_ = 0;

  struct stat status {};

  if (options_.append && ::fstat(fileno(file_.get()), &status) == 0) {
    size_ = static_cast<std::uint64_t>(status.st_size);
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

template <Real T>
void CSVLogger<T>::on_epoch_end(Trainer<T>&, std::size_t epoch, Logs& logs) {
  std::string text;
  if (names_.empty()) {
    choose_names(logs);
    if (size_ == 0) {
      text = fmt::format("epoch{}{}\n", options_.separator, fmt::join(names_, options_.separator));
    }
  }
  text += std::to_string(epoch);
  for (const std::string& name : names_) {
    text += options_.separator + cell(logs.find(name));
  }
  write(text + '\n');
}

template <Real T>
void CSVLogger<T>::write(const std::string& text) {
  const int descriptor = fileno(file_.get());

  struct stat status {};

  const bool has_more = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                        static_cast<std::uint64_t>(status.st_size) > size_;
  if (has_more && ::ftruncate(descriptor, static_cast<off_t>(size_)) != 0) {
    fail(errno);  // lines that do not belong to the run
  }
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0) {
    fail(errno);
  }
  size_ += text.size();
}

template <Real T>
void CSVLogger<T>::release() {
  file_.reset();
}

template <Real T>
void CSVLogger<T>::visit_state(RunStateVisitor<T>& visitor) {
  std::uint64_t size = size_;
  visitor.visit("size", size);
  visitor.visit_names("names", names_);

  struct stat status {};

  const bool is_file =
      file_ != nullptr && ::fstat(fileno(file_.get()), &status) == 0 && S_ISREG(status.st_mode);
  if (is_file && status.st_size == 0) {  // somebody has removed it: it begins anew
    size = 0;
    names_.clear();
  } else if (is_file && size > static_cast<std::uint64_t>(status.st_size)) {
    visitor.refuse("size",
                   fmt::format("is {}, the file {} has {} bytes: put it back, or remove it",
                               size,
                               options_.filename.string(),
                               status.st_size));
  }
  size_ = size;
}

template class CSVLogger<float>;
template class CSVLogger<double>;

}  // namespace rondo
