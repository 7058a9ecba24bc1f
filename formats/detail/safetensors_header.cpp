#include "rondo/formats/detail/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

using Path = std::filesystem::path;

constexpr const char* metadata_key = "__metadata__";

struct TypeInfo {
  StoredType type;
  std::string_view code;
  std::string_view name;
  std::size_t size;
};

/// In the order of StoredType.
constexpr std::array stored_types{TypeInfo{StoredType::boolean, "BOOL", "bool", 1},
                                  TypeInfo{StoredType::float32, "F32", "float32", 4},
                                  TypeInfo{StoredType::float64, "F64", "float64", 8},
                                  TypeInfo{StoredType::uint64, "U64", "uint64", 8},
                                  TypeInfo{StoredType::int64, "I64", "int64", 8},
                                  TypeInfo{StoredType::uint32, "U32", "uint32", 4},
                                  TypeInfo{StoredType::int32, "I32", "int32", 4},
                                  TypeInfo{StoredType::uint16, "U16", "uint16", 2},
                                  TypeInfo{StoredType::int16, "I16", "int16", 2},
                                  TypeInfo{StoredType::uint8, "U8", "uint8", 1},
                                  TypeInfo{StoredType::int8, "I8", "int8", 1},
                                  TypeInfo{StoredType::float16, "F16", "float16", 2},
                                  TypeInfo{StoredType::bfloat16, "BF16", "bfloat16", 2},
                                  TypeInfo{StoredType::other, "", "other", 0}};

const TypeInfo& info_of(StoredType type) {
  return stored_types[static_cast<std::size_t>(type)];
}

FileMetadata parse_metadata(const Path& file, const Json& object) {
  FileMetadata result;
  if (!object.is_object()) {
    throw_damaged(file, "__metadata__ is not an object");
  }
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) {
      throw_damaged(file, fmt::format("{} in __metadata__ is not a string", in_quotes(key)));
    }
    result[key] = value.get<std::string>();
  }
  return result;
}

/// The fields of one tensor.
class TensorParser {
 public:
  TensorParser(const Path& file, const std::string& name, const Json& fields)
      : file_(file), name_(name), fields_(fields) {}

  [[nodiscard]] StoredTensor parse() const {
    if (!fields_.is_object()) {
      problem("is not described by an object");
    }
    for (const auto& [key, value] : fields_.items()) {
      if (key != "dtype" && key != "shape" && key != "data_offsets") {
        problem(fmt::format("has an unknown field {}", in_quotes(key)));
      }
    }
    StoredTensor result{.name = name_};
    set_type(result);
    const auto dims = numbers("shape");
    const auto offsets = numbers("data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
      problem("has data_offsets that are not [begin, end]");
    }
    result.begin = offsets[0];
    result.end = offsets[1];
    check_size(result, dims);
    if (dims.size() <= Shape::max_rank) {
      result.shape = Shape(std::span<const std::size_t>(dims));
    } else if (result.problem.empty()) {
      result.problem =
          fmt::format("has rank {}, at most {} is supported", dims.size(), Shape::max_rank);
    }
    return result;
  }

 private:
  [[noreturn]] void problem(const std::string& text) const {
    throw_damaged(file_, fmt::format("tensor {} {}", in_quotes(name_), text));
  }

  [[nodiscard]] const Json& field(const char* key) const {
    const auto found = fields_.find(key);
    if (found == fields_.end()) {
      problem(fmt::format("has no {}", key));
    }
    return *found;
  }

  void set_type(StoredTensor& tensor) const {
    const Json& code = field("dtype");
    if (!code.is_string()) {
      problem("has a dtype that is not a string");
    }
    const auto text = code.get<std::string>();
    const auto* const found = std::find_if(stored_types.begin(),
                                           stored_types.end() - 1,
                                           [&](const TypeInfo& t) { return t.code == text; });
    tensor.type = found->type;
    if (tensor.type == StoredType::other) {
      tensor.problem = fmt::format("has dtype {}, which is not read", in_quotes(text));
    }
  }

  [[nodiscard]] std::vector<std::size_t> numbers(const char* key) const {
    const Json& list = field(key);
    const auto is_count = [](const Json& value) { return value.is_number_unsigned(); };
    if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_count)) {
      problem(fmt::format("has a {} that is not a list of whole numbers from 0 on", key));
    }
    return list.get<std::vector<std::size_t>>();
  }

  void check_size(const StoredTensor& tensor, const std::vector<std::size_t>& dims) const {
    std::size_t size = 1, bytes = 0;
    bool fits = true;
    for (const std::size_t dim : dims) {
      fits = fits && !__builtin_mul_overflow(size, dim, &size);
    }
    if (!fits || __builtin_mul_overflow(size, info_of(tensor.type).size, &bytes)) {
      problem(fmt::format("has shape ({}), whose size overflows", fmt::join(dims, ", ")));
    }
    if (tensor.type != StoredType::other && bytes != tensor.end - tensor.begin) {
      problem(fmt::format("has {} bytes of values, {} ({}) needs {}",
                          tensor.end - tensor.begin,
                          to_string(tensor.type),
                          fmt::join(dims, ", "),
                          bytes));
    }
  }

  const Path& file_;
  const std::string& name_;
  const Json& fields_;
};

/// Tensors must follow one another and fill the file: nothing can hide between or behind them.
void check_places(const Path& file,
                  const std::vector<StoredTensor>& tensors,
                  std::uint64_t value_bytes) {
  std::uint64_t expected = 0;
  for (const StoredTensor& tensor : tensors) {
    if (tensor.end > value_bytes) {
      throw_damaged(
          file,
          fmt::format(
              "tensor {} ends at byte {} of {}", in_quotes(tensor.name), tensor.end, value_bytes));
    }
    if (tensor.begin != expected) {
      throw_damaged(file,
                    fmt::format("tensor {} begins at byte {}, the one before ends at {}",
                                in_quotes(tensor.name),
                                tensor.begin,
                                expected));
    }
    expected = tensor.end;
  }
  if (expected != value_bytes) {
    throw_damaged(file, fmt::format("{} bytes follow the last tensor", value_bytes - expected));
  }
}

[[noreturn]] void throw_twice(const Path& file, const std::string& key) {
  throw_damaged(file, fmt::format("the header has the key {} twice", to_short_text(key)));
}

void sort_names(const Path& file, SafetensorsHeader& header) {
  const auto& tensors = header.tensors;
  header.by_name.resize(tensors.size());
  std::iota(header.by_name.begin(), header.by_name.end(), 0U);
  std::sort(header.by_name.begin(), header.by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
    return tensors[a].name < tensors[b].name;
  });
  const auto twice = std::adjacent_find(
      header.by_name.begin(), header.by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
        return tensors[a].name == tensors[b].name;
      });
  if (twice != header.by_name.end()) {
    throw_twice(file, tensors[*twice].name);
  }
}

}  // namespace

void throw_damaged(const Path& file, const std::string& problem) {
  throw_format_error("safetensors", fmt::format("{}: {}", file.string(), problem));
}

SafetensorsHeader parse_header(const Path& file, std::string_view text, std::uint64_t value_bytes) {
  SafetensorsHeader result;
  bool has_metadata = false;
  const auto visit = [&](const std::string& name, const Json& fields) {
    if (name != metadata_key) {
      result.tensors.push_back(TensorParser(file, name, fields).parse());
    } else if (std::exchange(has_metadata, true)) {
      throw_twice(file, name);
    } else {
      result.metadata = parse_metadata(file, fields);
    }
  };
  if (text.empty() || text.front() != '{') {
    throw_damaged(file, "the header is not a JSON object");
  }
  constexpr std::size_t deepest = 3;  // { tensor: { shape: [
  std::string problem;
  if (!parse_members(text, deepest, visit, &problem)) {
    throw_damaged(file, "the header " + problem);
  }
  std::stable_sort(result.tensors.begin(), result.tensors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  sort_names(file, result);
  check_places(file, result.tensors, value_bytes);
  return result;
}

std::string format_header(const Path& file, const SafetensorsHeader& header) {
  const auto refuse = [&](const std::string& problem) {
    throw_argument_error("safetensors", fmt::format("{}: {}", file.string(), problem));
  };
  const auto check = [&](std::string_view text) {
    if (find_invalid_utf8(text)) {
      refuse("a name or a text of the metadata is not UTF-8");
    }
  };
  Json object = Json::object(), metadata = Json::object();
  for (const auto& [key, value] : header.metadata) {
    check(key);
    check(value);
    metadata.get_ref<Json::object_t&>().emplace_back(key, value);
  }
  if (!metadata.empty()) {
    object[metadata_key] = std::move(metadata);
  }
  std::set<std::string_view> names;
  auto& members = object.get_ref<Json::object_t&>();  // which searches for no key
  for (const StoredTensor& tensor : header.tensors) {
    check(tensor.name);
    if (tensor.name == metadata_key) {
      refuse("a tensor cannot be named '__metadata__'");
    }
    if (!names.insert(tensor.name).second) {
      refuse(fmt::format("two tensors are named {}", in_quotes(tensor.name)));
    }
    const Json fields{{"dtype", info_of(tensor.type).code},
                      {"shape", std::vector<std::size_t>(tensor.shape.begin(), tensor.shape.end())},
                      {"data_offsets", {tensor.begin, tensor.end}}};
    members.emplace_back(tensor.name, fields);
  }
  std::string text = to_text(object);
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace rondo::detail

namespace rondo {

std::string_view to_string(StoredType type) {
  return detail::info_of(type).name;
}

std::size_t size_of(StoredType type) {
  return detail::info_of(type).size;
}

}  // namespace rondo
