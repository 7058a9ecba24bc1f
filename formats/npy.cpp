#include "rondo/formats/npy.hpp"

#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/formats/detail/npy_bytes.hpp"
#include "rondo/formats/detail/number_bytes.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

namespace {

/// @throws FormatError if a whole number would change
template <class From, Element T>
void convert(std::span<const std::byte> bytes, T* to) {
  const std::string problem = detail::convert_numbers<From>(bytes, to, to_string(npy_type<T>));
  if (!problem.empty()) {
    throw_format_error("npy", problem);
  }
}

/// Bytes of truth values: anything but 0 is true.
template <Element T>
void convert_booleans(std::span<const std::byte> bytes, T* to) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    to[i] = static_cast<T>(bytes[i] != std::byte{0});
  }
}

}  // namespace

std::string_view to_string(NpyType type) {
  constexpr std::array<std::string_view, 12> names{"bool",
                                                   "uint8",
                                                   "int32",
                                                   "int64",
                                                   "float32",
                                                   "float64",
                                                   "int8",
                                                   "int16",
                                                   "uint16",
                                                   "uint32",
                                                   "uint64",
                                                   "float16"};
  return names[static_cast<std::size_t>(type)];
}

std::size_t size_of(NpyType type) {
  constexpr std::array<std::size_t, 12> sizes{1, 1, 4, 8, 4, 8, 1, 2, 2, 4, 8, 2};
  return sizes[static_cast<std::size_t>(type)];
}

template <Element T>
Tensor<T> NpyArray::as() const {
  if (std::is_same_v<T, bool> && type_ != NpyType::boolean) {
    throw_format_error("npy", fmt::format("the array holds {}, not bool", to_string(type_)));
  }
  Tensor<T> result(shape_);
  switch (type_) {
    case NpyType::boolean:
      convert_booleans(bytes_, result.data());
      break;
    case NpyType::uint8:
      convert<std::uint8_t>(bytes_, result.data());
      break;
    case NpyType::int32:
      convert<std::int32_t>(bytes_, result.data());
      break;
    case NpyType::int64:
      convert<std::int64_t>(bytes_, result.data());
      break;
    case NpyType::float32:
      convert<float>(bytes_, result.data());
      break;
    case NpyType::float64:
      convert<double>(bytes_, result.data());
      break;
    case NpyType::int8:
      convert<std::int8_t>(bytes_, result.data());
      break;
    case NpyType::int16:
      convert<std::int16_t>(bytes_, result.data());
      break;
    case NpyType::uint16:
      convert<std::uint16_t>(bytes_, result.data());
      break;
    case NpyType::uint32:
      convert<std::uint32_t>(bytes_, result.data());
      break;
    case NpyType::uint64:
      convert<std::uint64_t>(bytes_, result.data());
      break;
    case NpyType::float16:
      convert<detail::Float16>(bytes_, result.data());
      break;
  }
  return result;
}

template Tensor<bool> NpyArray::as() const;
template Tensor<float> NpyArray::as() const;
template Tensor<double> NpyArray::as() const;

NpyArray read_npy(const std::filesystem::path& path) {
  const detail::NpySource source{"npy", path.string()};
  const std::string bytes = detail::read_content("npy", path);
  return detail::parse_npy(source, std::as_bytes(std::span(bytes)));
}

void write_npy(const std::filesystem::path& path, const NpyArray& array) {
  const std::string header = detail::npy_header(array.type(), array.shape());
  const std::array<std::span<const std::byte>, 2> parts{std::as_bytes(std::span(header)),
                                                        array.bytes()};
  replace_file("npy", path, parts);
}

}  // namespace rondo
