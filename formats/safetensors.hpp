/// The safetensors format (D17), which other programs read in one line: 8 bytes with the length of
/// the header, a JSON header, the values. Little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// Element types. The first four are written; `other` is what only the format knows.
enum class StoredType : std::uint8_t {
  boolean,
  float32,
  float64,
  uint64,
  int64,
  uint32,
  int32,
  uint16,
  int16,
  uint8,
  int8,
  float16,
  bfloat16,
  other
};

/// `bool`, `float32`, …
[[nodiscard]] std::string_view to_string(StoredType type);

/// Bytes of an element; 0 for `other`.
[[nodiscard]] std::size_t size_of(StoredType type);

/// Whether SafetensorsFile::read gives values of a type in a file as those of another: as they are,
/// or short floats and whole numbers as float or double.
[[nodiscard]] bool can_read_as(StoredType stored, StoredType wanted);

template <class T>
concept Storable = Element<T> || std::same_as<T, std::uint64_t>;

template <Storable T>
constexpr StoredType stored_type = std::is_same_v<T, bool>     ? StoredType::boolean
                                   : std::is_same_v<T, float>  ? StoredType::float32
                                   : std::is_same_v<T, double> ? StoredType::float64
                                                               : StoredType::uint64;

/// What a file says about itself.
using FileMetadata = std::map<std::string, std::string>;

/// A tensor to be written; does not own the values.
struct NamedTensor {
  template <class T>

  requires Storable<std::remove_const_t<T>> NamedTensor(std::string own_name, TensorView<T> values)
      : name(std::move(own_name)),
        type(stored_type<std::remove_const_t<T>>),
        shape(values.shape()),
        bytes(std::as_bytes(values.span())) {}

  std::string name;
  StoredType type;
  Shape shape;
  std::span<const std::byte> bytes;
};

/// Writes or replaces a file; an error leaves the old one whole (replace_file.hpp). Wider types
/// come first, so that all values are aligned; otherwise the order is kept. The same tensors give
/// the same bytes, which are those of the reference implementation if the names are sorted.
/// @throws ArgumentError  if two tensors have one name, or a text is not UTF-8
/// @throws FormatError    if the file cannot be written
void write_safetensors(const std::filesystem::path& path,
                       std::span<const NamedTensor> tensors,
                       const FileMetadata& metadata = {});

/// A tensor in a file.
struct StoredTensor {
  std::string name;
  StoredType type = StoredType::float32;
  Shape shape = {};
  /// Bytes from the start of the values of all tensors.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  /// Why it cannot be read, "has dtype 'F8_E4M3', which is not read"; its type or shape do not
  /// count then. Empty: it can.
  std::string problem = {};
};

/// An open file. The header is read at once and checked completely; values are read on demand.
class SafetensorsFile {
 public:
  /// @throws FormatError for a file that is missing or damaged; the text `[safetensors] path:
  /// problem`
  ///         says what is wrong
  [[nodiscard]] static SafetensorsFile open(const std::filesystem::path& path);

  /// In the order of their values.
  [[nodiscard]] std::span<const StoredTensor> tensors() const { return tensors_; }

  /// Nothing if there is no tensor of this name.
  [[nodiscard]] const StoredTensor* find(std::string_view name) const;

  [[nodiscard]] const FileMetadata& metadata() const { return metadata_; }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Short floats and whole numbers are read as float or double too.
  /// @throws FormatError if there is no such tensor, its type or shape differ, T cannot hold one of
  ///         its whole numbers exactly, or reading fails
  template <Storable T>
  void read(std::string_view name, TensorView<T> values);

 private:
  SafetensorsFile(const std::filesystem::path& path, std::ifstream stream)
      : path_(path), stream_(std::move(stream)) {}

  void read_header();
  void refuse_another_kind(std::uint64_t size);
  void read_bytes(std::uint64_t offset, std::span<std::byte> bytes);
  template <Real T>
  void read_converted(const StoredTensor& tensor, T* values);
  [[noreturn]] void fail(const std::string& problem) const;

  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t values_offset_ = 0;
  std::vector<StoredTensor> tensors_;
  std::vector<std::uint32_t> by_name_;  // indices of tensors_, sorted by their names
  FileMetadata metadata_;
};

}  // namespace rondo
