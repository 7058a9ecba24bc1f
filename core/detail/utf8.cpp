#include "rondo/core/detail/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace rondo {

namespace {

struct Sequence {
  std::size_t length = 0;
  unsigned char lowest = 0x80;  // second byte
  unsigned char highest = 0xBF;
};

/// What may follow a first byte: table 3-7 of the Unicode standard.
Sequence sequence_of(unsigned char first) {
  if (first < 0x80) {
    return {1};
  }
  if (first < 0xC2 || first > 0xF4) {
    return {};
  }
  if (first < 0xE0) {
    return {2};
  }
  if (first < 0xF0) {
    return {3,
            static_cast<unsigned char>(first == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(first == 0xED ? 0x9F : 0xBF)};
  }
  return {4,
          static_cast<unsigned char>(first == 0xF0 ? 0x90 : 0x80),
          static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)};
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Sequence sequence = text.empty() ? Sequence() : sequence_of(byte(0));
  if (sequence.length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < sequence.length; ++i) {
    const unsigned char lowest = i == 1 ? sequence.lowest : 0x80;
    const unsigned char highest = i == 1 ? sequence.highest : 0xBF;
    if (byte(i) < lowest || byte(i) > highest) {
      return 0;
    }
  }
  return sequence.length;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::uint64_t eight = high_bits;
    if (text.size() - at >= sizeof(eight)) {
      std::memcpy(&eight, text.data() + at, sizeof(eight));
    }
    if ((eight & high_bits) == 0) {  // ASCII, as nearly all of most files
      at += sizeof(eight);
      continue;
    }
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) {
      return at;
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace rondo
