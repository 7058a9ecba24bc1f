#include "rondo/formats/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/safetensors_header.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

static_assert(std::endian::native == std::endian::little && sizeof(std::size_t) == 8 &&
                  sizeof(bool) == 1,
              "values are copied between file and memory as they are");

namespace {

/// Where the reference implementation puts a type: wide ones first.
int rank_of(StoredType type) {
  switch (type) {
    case StoredType::uint64:
      return 0;
    case StoredType::float64:
      return 1;
    case StoredType::float32:
      return 2;
    case StoredType::boolean:
      return 3;
  }
  return 4;
}

std::string length_bytes(std::uint64_t length) {
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes;
}

}  // namespace

std::string_view to_string(StoredType type) {
  switch (type) {
    case StoredType::boolean:
      return "bool";
    case StoredType::float32:
      return "float32";
    case StoredType::float64:
      return "float64";
    case StoredType::uint64:
      return "uint64";
  }
  return "";
}

std::size_t size_of(StoredType type) {
  switch (type) {
    case StoredType::boolean:
      return 1;
    case StoredType::float32:
      return 4;
    case StoredType::float64:
    case StoredType::uint64:
      return 8;
  }
  return 0;
}

void write_safetensors(const std::filesystem::path& path,
                       std::span<const NamedTensor> tensors,
                       const FileMetadata& metadata) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) {
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return rank_of(a->type) < rank_of(b->type);
  });
  detail::SafetensorsHeader header{.tensors = {}, .metadata = metadata};
  std::vector<std::span<const std::byte>> parts(2);
  std::uint64_t end = 0;
  for (const NamedTensor* tensor : order) {
    const std::uint64_t begin = end;
    end += tensor->bytes.size();
    header.tensors.push_back({tensor->name, tensor->type, tensor->shape, begin, end});
    parts.push_back(tensor->bytes);
  }
  const std::string json = detail::format_header(path, header);
  const std::string length = length_bytes(json.size());
  parts[0] = std::as_bytes(std::span(length));
  parts[1] = std::as_bytes(std::span(json));
  replace_file("safetensors", path, parts);
}

void SafetensorsFile::fail(const std::string& problem) const {
  detail::throw_damaged(path_, problem);
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    detail::throw_damaged(path, "is no regular file");  // to open a pipe would wait for a writer
  }
  errno = 0;
  SafetensorsFile file(path, std::ifstream(path, std::ios::binary));
  if (!file.stream_) {
    file.fail("cannot be opened: " + std::generic_category().message(errno));
  }
  file.read_header();
  return file;
}

void SafetensorsFile::read_header() {
  constexpr std::uint64_t longest = 100'000'000;  // as the reference implementation
  std::uint64_t length = 0;
  stream_.seekg(0, std::ios::end);
  const auto size = static_cast<std::uint64_t>(stream_.tellg());
  if (size < sizeof(length)) {
    fail(fmt::format("has {} bytes, a header needs at least {}", size, sizeof(length)));
  }
  read_bytes(0, std::as_writable_bytes(std::span(&length, 1)));
  if (length > size - sizeof(length)) {
    fail(fmt::format("should have a header of {} bytes, {} follow", length, size - sizeof(length)));
  }
  if (length > longest) {
    fail(fmt::format("has a header of {} bytes, at most {} are supported", length, longest));
  }
  std::string json(length, '\0');
  read_bytes(sizeof(length), std::as_writable_bytes(std::span(json)));
  values_offset_ = sizeof(length) + length;
  detail::SafetensorsHeader header = detail::parse_header(path_, json, size - values_offset_);
  tensors_ = std::move(header.tensors);
  metadata_ = std::move(header.metadata);
}

void SafetensorsFile::read_bytes(std::uint64_t offset, std::span<std::byte> bytes) {
  stream_.clear();
  stream_.seekg(static_cast<std::streamoff>(offset));
  stream_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!stream_) {
    fail("cannot be read to its end");
  }
}

const StoredTensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::find_if(
      tensors_.begin(), tensors_.end(), [&](const StoredTensor& t) { return t.name == name; });
  return found == tensors_.end() ? nullptr : &*found;
}

template <Storable T>
void SafetensorsFile::read(std::string_view name, TensorView<T> values) {
  const StoredTensor* const tensor = find(name);
  if (tensor == nullptr) {
    fail(fmt::format("has no tensor {}", detail::in_quotes(name)));
  }
  if (tensor->type != stored_type<T>) {
    fail(fmt::format("tensor {} is {}, not {}",
                     detail::in_quotes(name),
                     to_string(tensor->type),
                     to_string(stored_type<T>)));
  }
  if (tensor->shape != values.shape()) {
    fail(fmt::format("tensor {} has shape {}, not {}",
                     detail::in_quotes(name),
                     to_string(tensor->shape),
                     to_string(values.shape())));
  }
  const auto bytes = std::as_writable_bytes(values.span());
  read_bytes(values_offset_ + tensor->begin, bytes);
  if constexpr (std::is_same_v<T, bool>) {
    const auto is_bool = [](std::byte byte) { return byte <= std::byte{1}; };
    if (!std::all_of(bytes.begin(), bytes.end(), is_bool)) {
      std::fill(bytes.begin(), bytes.end(), std::byte{0});  // other bytes are no bool values
      fail(fmt::format("tensor {} has values that are neither 0 nor 1", detail::in_quotes(name)));
    }
  }
}

template void SafetensorsFile::read(std::string_view, TensorView<bool>);
template void SafetensorsFile::read(std::string_view, TensorView<float>);
template void SafetensorsFile::read(std::string_view, TensorView<double>);
template void SafetensorsFile::read(std::string_view, TensorView<std::uint64_t>);

}  // namespace rondo
