/// Arrays in NumPy's files: .npy (one array) and, where rondo is built with libzip, .npz (several).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// The element types that are read and written: `|b1`, `|u1`, `<i4`, `<i8`, `<f4`, `<f8`, `|i1`,
/// `<i2`, `<u2`, `<u4`, `<u8`, `<f2`.
enum class NpyType : std::uint8_t {
  boolean,
  uint8,
  int32,
  int64,
  float32,
  float64,
  int8,
  int16,
  uint16,
  uint32,
  uint64,
  float16
};

/// `bool`, `uint8`, …
[[nodiscard]] std::string_view to_string(NpyType type);

[[nodiscard]] std::size_t size_of(NpyType type);

template <class T>
concept NpyElement =
    std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int32_t> ||
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, float> || std::is_same_v<T, double>;

template <NpyElement T>
constexpr NpyType npy_type = std::is_same_v<T, bool>           ? NpyType::boolean
                             : std::is_same_v<T, std::uint8_t> ? NpyType::uint8
                             : std::is_same_v<T, std::int32_t> ? NpyType::int32
                             : std::is_same_v<T, std::int64_t> ? NpyType::int64
                             : std::is_same_v<T, float>        ? NpyType::float32
                                                               : NpyType::float64;

/// An array of a file, little-endian and in C order.
class NpyArray {
 public:
  /// A copy of values.
  template <NpyElement T>
  explicit NpyArray(TensorView<const T> values)
      : NpyArray(npy_type<T>, values.shape(), std::as_bytes(values.span())) {}

  template <Element T>
  explicit NpyArray(const Tensor<T>& values) : NpyArray(values.view()) {}

  /// @param bytes  shape.size() elements
  NpyArray(NpyType type, const Shape& shape, std::span<const std::byte> bytes)
      : type_(type), shape_(shape), bytes_(bytes.begin(), bytes.end()) {}

  [[nodiscard]] NpyType type() const { return type_; }

  [[nodiscard]] const Shape& shape() const { return shape_; }

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  /// The values as numbers of another type; false and true become 0 and 1.
  /// @throws FormatError for a whole number that T cannot hold exactly; bool for other types
  template <Element T>
  [[nodiscard]] Tensor<T> as() const;

 private:
  NpyType type_;
  Shape shape_;
  std::vector<std::byte> bytes_;
};

/// Versions 1.0, 2.0 and 3.0 of the format, also big-endian numbers and arrays in Fortran order.
/// @throws FormatError `[npy] path: problem` for a file that is missing or damaged, and for
/// objects,
///         structured arrays, other types and more than 4 axes
[[nodiscard]] NpyArray read_npy(const std::filesystem::path& path);

/// Writes or replaces a file (version 1.0, C order); an error leaves the old one whole.
/// @throws FormatError if it cannot be written
void write_npy(const std::filesystem::path& path, const NpyArray& array);

template <Element T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& values) {
  write_npy(path, NpyArray(values));
}

/// Arrays by name, without the `.npy` that their entries in the file end in.
using NpzArrays = std::map<std::string, NpyArray>;

/// Whether this build has .npz.
[[nodiscard]] bool npz_available();

/// What is read from one .npz file at most unless another limit is given: 4 GiB.
constexpr std::size_t npz_most_bytes = std::size_t{1} << 32U;

/// An open .npz file: names first, arrays one by one. Entries that are no arrays are passed over.
class NpzFile {
 public:
  /// @throws FormatError `[npz] path: problem`, also if two arrays have one name
  /// @throws StateError  if this build lacks .npz, here and below
  [[nodiscard]] static NpzFile open(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// A stored or deflated entry.
  /// @param most_bytes  of values; more are refused before they are unpacked
  /// @throws FormatError if there is no such array, or it cannot be read (read_npy)
  [[nodiscard]] NpyArray read(const std::string& name, std::size_t most_bytes = npz_most_bytes);

 private:
  NpzFile() = default;

  std::string path_;
  std::shared_ptr<void> archive_;
  std::vector<std::string> names_;      // sorted
  std::vector<std::uint64_t> entries_;  // in the order of the names
};

/// All arrays of a file.
/// @throws FormatError as NpzFile; for the first array that cannot be read, too
[[nodiscard]] NpzArrays read_npz(const std::filesystem::path& path,
                                 std::size_t most_bytes = npz_most_bytes);

struct NpzOptions {
  bool compressed = false;
};

/// Writes or replaces a file; an error leaves the old one whole.
/// @throws FormatError if it cannot be written
void write_npz(const std::filesystem::path& path,
               const NpzArrays& arrays,
               const NpzOptions& options = {});

}  // namespace rondo
