#include "rondo/interop/detail/hdf5_heaps.hpp"

#include <cstdint>
#include <cstring>

namespace rondo::detail {

namespace {

constexpr std::size_t header_bytes = 16;  // signature, version, three zeros, size; of an object too

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, width);  // little-endian, as this machine
  return value;
}

/// A collection: objects of an index, a count and a size in bytes, each padded to a multiple of 8.
/// Index 0 is the free rest.
bool collection_is_sound(std::string_view bytes) {
  std::size_t at = header_bytes;
  while (bytes.size() - at >= header_bytes) {
    const std::uint64_t index = number_at(bytes, at, 2), size = number_at(bytes, at + 8, 8);
    const std::size_t left = bytes.size() - at;
    if (index == 0) {
      return size <= left;
    }
    if (size > left - header_bytes) {
      return false;
    }
    at += header_bytes + (size + 7) / 8 * 8;
    if (at > bytes.size()) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool heaps_are_sound(std::string_view content) {
  constexpr std::string_view begin("GCOL\1\0\0\0", 8);
  for (std::size_t at = content.find(begin); at != content.npos; at = content.find(begin, at + 8)) {
    const std::string_view rest = content.substr(at);
    if (rest.size() < header_bytes) {
      return false;
    }
    const std::uint64_t size = number_at(rest, 8, 8);
    if (size < header_bytes || size > rest.size() || !collection_is_sound(rest.substr(0, size))) {
      return false;
    }
  }
  return true;
}

}  // namespace rondo::detail
