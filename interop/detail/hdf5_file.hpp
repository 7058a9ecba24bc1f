/// HDF5 files in memory, as far as Keras uses them; `hdf5_none` stands in where there is no HDF5.
/// For the sources of this folder. One thread at a time is in the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/interop/detail/keras_graph.hpp"
#include "rondo/interop/stored_model.hpp"

namespace rondo::detail {

class HdfReader {
 public:
  /// Lists everything. Refused are links that are not plain ones, so that nothing outside is
  /// opened.
  /// @param content  must outlive the reader
  /// @throws FormatError; StateError where there is no HDF5
  HdfReader(const FilePart& file, std::string_view content);

  /// Paths without a leading slash, in the order of their names.
  [[nodiscard]] const std::vector<std::string>& datasets() const { return datasets_; }

  [[nodiscard]] bool has_dataset(std::string_view path) const;

  [[nodiscard]] bool has_group(std::string_view path) const;

  /// An attribute of an object, "" being the root: one text, or nothing if there is none.
  [[nodiscard]] std::optional<std::string> text(const std::string& object, const char* name) const;

  /// A list of texts, which may be cut into `name0`, `name1`, …
  [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& object,
                                                              const std::string& name) const;

  /// Floating numbers of any kind: as float32, or float64 if they are wider, or bfloat16. Whole
  /// numbers of one value as float64.
  /// @throws FormatError for another type, an external or virtual dataset, an unknown filter, or
  ///         more bytes than the file can hold
  [[nodiscard]] StoredWeight read(const std::string& path) const;

 private:
  struct Open;

  FilePart file_;
  std::size_t size_;
  std::shared_ptr<Open> open_;
  std::vector<std::string> datasets_;
  std::vector<std::string> groups_;
};

class HdfWriter {
 public:
  HdfWriter();

  /// With those above it.
  void group(const std::string& path);

  /// One text of any length.
  void text(const std::string& object, const char* name, const std::string& value);

  /// A list, cut into pieces where it is longer than a file can hold.
  void texts(const std::string& object, const std::string& name, std::span<const std::string> list);

  /// Floats of 4 bytes, or 8; the groups above it are made.
  void dataset(const std::string& path, const StoredWeight& weight);

  /// One whole number of 64 bits.
  void integer(const std::string& path, std::int64_t value);

  /// The bytes of the file. The writer is of no use afterwards.
  [[nodiscard]] std::vector<std::byte> finish();

 private:
  struct Open;
  std::shared_ptr<Open> open_;
};

}  // namespace rondo::detail
