/// Event files, which TensorBoard reads: records of scalars and histograms, as TensorFlow 2 writes
/// them (byte by byte, tests/optim/tensorboard).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rondo {

/// A rotated CRC-32C (Castagnoli), as TFRecord files have it:
/// (crc >> 15 | crc << 17) + 0xa282ead8.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes);

/// Length, its checksum, the bytes, their checksum: a record of a TFRecord file.
[[nodiscard]] std::string tf_record(std::string_view bytes);

/// `left edge, right edge, count` for 30 buckets of equal width from the smallest to the largest
/// value, as TensorBoard's histogram plugin makes them; all zero without values.
[[nodiscard]] std::vector<double> histogram_buckets(std::span<const double> values);

class EventFile {
 public:
  /// Makes the folder and a file `events.out.tfevents.<time>.<host>.<pid>.<number>.v2` in it.
  /// @param clock  seconds since 1970
  /// @throws FormatError if one of them cannot be made
  EventFile(const std::filesystem::path& folder, std::function<double()> clock);

  void scalar(const std::string& tag, std::int64_t step, float value);
  void histogram(const std::string& tag, std::int64_t step, std::span<const double> values);

  /// @throws FormatError if the file cannot be written
  void flush();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void write(std::string_view record);
  [[noreturn]] void fail(int error) const;

  std::function<double()> clock_;
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace rondo
