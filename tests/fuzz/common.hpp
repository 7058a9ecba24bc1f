/// What the fuzz targets share: a file of bytes, and what counts as an answer (D68).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace rondo::fuzz {

/// The input of a target. Most take its first byte for choices.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : bytes_(size == 0 ? "" : reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] std::uint8_t first() const {
    return bytes_.empty() ? 0 : static_cast<std::uint8_t>(bytes_[0]);
  }

  [[nodiscard]] std::string_view rest() const { return bytes_.substr(bytes_.empty() ? 0 : 1); }

  [[nodiscard]] std::string_view all() const { return bytes_; }

 private:
  std::string_view bytes_;
};

/// Prints what does not hold and ends the program: a finding.
inline void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "WRONG: %s\n", what);
    std::abort();
  }
}

/// The path of a file in memory with this content, until the next call.
inline std::string file_with(std::string_view content) {
  static const int file = memfd_create("fuzz", 0);
  require(ftruncate(file, 0) == 0 && pwrite(file, content.data(), content.size(), 0) ==
                                         static_cast<ssize_t>(content.size()),
          "a file in memory cannot be written");
  return "/proc/self/fd/" + std::to_string(file);
}

/// Little-endian.
inline std::string length_in_bytes(std::size_t length, std::size_t bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes; ++i, length >>= 8U) {
    result += static_cast<char>(length & 0xFFU);
  }
  return result;
}

/// The two sides of the first zero byte.
inline std::pair<std::string_view, std::string_view> split_at_zero(std::string_view bytes) {
  const std::size_t cut = bytes.find('\0');
  return {bytes.substr(0, cut), cut == bytes.npos ? "" : bytes.substr(cut + 1)};
}

/// Of a header, a zero byte and values: with the right length in front, so that a change of the
/// header's length is still a file.
inline std::string as_safetensors(std::string_view bytes) {
  const auto [header, values] = split_at_zero(bytes);
  return length_in_bytes(header.size(), 8).append(header).append(values);
}

/// Whether `f` ends well. The library's own errors are answers; every other exception is left to
/// end the program.
template <class F>
bool accepted(F f) {
  try {
    f();
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// No number in it lies outside [-most, most]: what is made of it takes little time.
inline bool is_small(const Json& value, double most) {
  if (value.is_number()) {
    return std::abs(value.get<double>()) <= most;
  }
  if (value.is_structured()) {
    for (const Json& inner : value) {
      if (!is_small(inner, most)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace rondo::fuzz
