/// The pickle inside a .pt file, as data: of everything that a pickle can ask Python to call, three
/// functions are understood and none is called. For the sources of this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/formats/safetensors.hpp"

namespace rondo::detail {

/// A view on a storage: element (i, j) is number offset + i·strides[0] + j·strides[1] of it.
struct PickleTensor {
  StoredType type = StoredType::float32;
  /// The storage's name among the members `data/…` of the archive.
  std::string key;
  /// In elements, as all that follows. Every element of the tensor lies below it.
  std::uint64_t count = 0;
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint64_t> strides;
};

struct PickleValue {
  enum class Kind : std::uint8_t {
    none,
    boolean,
    integer,
    real,
    text,
    tuple,
    list,
    dictionary,
    global,
    storage,
    tensor
  };

  Kind kind = Kind::none;
  /// Of an integer or boolean; the place of a storage or tensor in Pickle::tensors.
  std::int64_t integer = 0;
  /// Of a text; "module name" of a global.
  std::string text = {};
  /// Of a tuple or list; of a dictionary keys and values by turns. Places in Pickle::values.
  std::vector<std::uint32_t> items = {};
};

struct Pickle {
  std::vector<PickleValue> values;
  std::vector<PickleTensor> tensors;
  std::uint32_t root = 0;
};

/// What an object is called in errors: `list`, `number`, …
std::string_view to_string(PickleValue::Kind kind);

/// @param file  named in the errors
/// @throws FormatError `[pt] file: problem` for a pickle that is cut off or wrong, an operation or
/// a
///         function that is not known (the text has its full name), and more than 200,000 values
Pickle read_pickle(std::string_view file, std::span<const std::byte> bytes);

}  // namespace rondo::detail
