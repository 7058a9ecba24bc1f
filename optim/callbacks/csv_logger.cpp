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

constexpr const char* csv_logger_op = "CSVLogger";

/// Exact, and without the sign that NaN may have.
std::string cell(std::optional<double> value) {
  if (!value) {
    return "NA";
  }
  return std::isnan(*value) ? "nan" : fmt::format("{}", *value);
}

[[noreturn]] void fail_to_log(const std::filesystem::path& path, int error) {
  throw_format_error(
      csv_logger_op,
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
  [[nodiscard]] std::optional<std::uint64_t> size() const {}

  template class CSVLogger<float>;
  template class CSVLogger<double>;

}  // namespace rondo
