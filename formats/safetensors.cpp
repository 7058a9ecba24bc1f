#include "rondo/formats/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/number_bytes.hpp"
#include "rondo/formats/detail/safetensors_header.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

static_assert(std::endian::native == std::endian::little && sizeof(std::size_t) == 8 &&
                  sizeof(bool) == 1,
              "values are copied between file and memory as they are");

namespace {

std::string length_bytes(std::uint64_t length) {
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes;
}

}  // namespace

bool can_read_as(StoredType stored, StoredType wanted) {
  const bool real = wanted == StoredType::float32 || wanted == StoredType::float64;
  const bool converts = stored == StoredType::uint64 ||
                        (stored >= StoredType::int64 && stored <= StoredType::bfloat16);
  return stored == wanted || (real && converts);
}

void write_safetensors(const std::filesystem::path& path,
                       std::span<const NamedTensor> tensors,
                       const FileMetadata& metadata) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) {
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return size_of(a->type) != size_of(b->type) ? size_of(a->type) > size_of(b->type)
                                                : a->type > b->type;  // uint64 before float64
  });
  detail::SafetensorsHeader header{.tensors = {}, .by_name = {}, .metadata = metadata};
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
    refuse_another_kind(size);
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
  by_name_ = std::move(header.by_name);
  metadata_ = std::move(header.metadata);
}

/// An impossible length means damage, or that the file is a zip archive, a table or a text.
void SafetensorsFile::refuse_another_kind(std::uint64_t size) {
  std::string begin(std::min<std::uint64_t>(size, sizeof(std::uint64_t) + 1), '\0');
  read_bytes(0, std::as_writable_bytes(std::span(begin)));
  if (begin.size() > sizeof(std::uint64_t) && begin.back() != '{') {
    fail(fmt::format("is not a safetensors file: it begins with {}", in_quotes(begin)));
  }
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
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name, [&](std::uint32_t index, std::string_view sought) {
        return tensors_[index].name < sought;
      });
  return found == by_name_.end() || tensors_[*found].name != name ? nullptr : &tensors_[*found];
}

template <Storable T>
void SafetensorsFile::read(std::string_view name, TensorView<T> values) {
  const StoredTensor* const tensor = find(name);
  if (tensor == nullptr) {
    fail(fmt::format("has no tensor {}", in_quotes(name)));
  }
  if (!tensor->problem.empty()) {
    fail(fmt::format("tensor {} {}", in_quotes(name), tensor->problem));
  }
  if (!can_read_as(tensor->type, stored_type<T>)) {
    fail(fmt::format("tensor {} is {}, not {}",
                     in_quotes(name),
                     to_string(tensor->type),
                     to_string(stored_type<T>)));
  }
  if (tensor->shape != values.shape()) {
    fail(fmt::format("tensor {} has shape {}, not {}",
                     in_quotes(name),
                     to_string(tensor->shape),
                     to_string(values.shape())));
  }
  if constexpr (Real<T>) {
    if (tensor->type != stored_type<T>) {
      read_converted(*tensor, values.data());
      return;
    }
  }
  const auto bytes = std::as_writable_bytes(values.span());
  read_bytes(values_offset_ + tensor->begin, bytes);
  if constexpr (std::is_same_v<T, bool>) {
    const auto is_bool = [](std::byte byte) { return byte <= std::byte{1}; };
    if (!std::all_of(bytes.begin(), bytes.end(), is_bool)) {
      std::fill(bytes.begin(), bytes.end(), std::byte{0});  // other bytes are no bool values
      fail(fmt::format("tensor {} has values that are neither 0 nor 1", in_quotes(name)));
    }
  }
}

template <Real T>
void SafetensorsFile::read_converted(const StoredTensor& tensor, T* values) {
  std::vector<std::byte> bytes(tensor.end - tensor.begin);
  read_bytes(values_offset_ + tensor.begin, bytes);
  const auto from = [&]<class From>(From) {
    return detail::convert_numbers<From>(bytes, values, to_string(stored_type<T>));
  };
  const std::string problem = [&]() -> std::string {
    switch (tensor.type) {
      case StoredType::uint64:
        return from(std::uint64_t{});
      case StoredType::int64:
        return from(std::int64_t{});
      case StoredType::uint32:
        return from(std::uint32_t{});
      case StoredType::int32:
        return from(std::int32_t{});
      case StoredType::uint16:
        return from(std::uint16_t{});
      case StoredType::int16:
        return from(std::int16_t{});
      case StoredType::uint8:
        return from(std::uint8_t{});
      case StoredType::int8:
        return from(std::int8_t{});
      case StoredType::float16:
        return from(detail::Float16{});
      case StoredType::bfloat16:
        return from(detail::BFloat16{});
      default:
        return "is not read";
    }
  }();
  if (!problem.empty()) {
    fail(fmt::format("tensor {}: {}", in_quotes(tensor.name), problem));
  }
}

template void SafetensorsFile::read(std::string_view, TensorView<bool>);
template void SafetensorsFile::read(std::string_view, TensorView<float>);
template void SafetensorsFile::read(std::string_view, TensorView<double>);
template void SafetensorsFile::read(std::string_view, TensorView<std::uint64_t>);

}  // namespace rondo
