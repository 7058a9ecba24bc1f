#include "rondo/formats/detail/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

namespace rondo::detail {

namespace {

using Path = std::filesystem::path;

constexpr const char* metadata_key = "__metadata__";

struct TypeCode {
  StoredType type;
  std::string_view code;
};

constexpr std::array type_codes{TypeCode{StoredType::boolean, "BOOL"},
                                TypeCode{StoredType::float32, "F32"},
                                TypeCode{StoredType::float64, "F64"},
                                TypeCode{StoredType::uint64, "U64"}};

Json parse_object(const Path& file, std::string_view text) {
  if (text.empty() || text.front() != '{') {
    throw_damaged(file, "the header is not a JSON object");
  }
  constexpr std::size_t deepest = 3;  // { tensor: { shape: [
  std::string problem;
  Json object = parse_json(text, deepest, &problem);
  if (object.is_discarded()) {
    throw_damaged(file, "the header " + problem);
  }
  return object;
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
    StoredTensor result{.name = name_, .type = type(), .shape = shape()};
    const auto offsets = numbers("data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
      problem("has data_offsets that are not [begin, end]");
    }
    result.begin = offsets[0];
    result.end = offsets[1];
    check_size(result);
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

  [[nodiscard]] StoredType type() const {
    const Json& code = field("dtype");
    if (!code.is_string()) {
      problem("has a dtype that is not a string");
    }
    const auto text = code.get<std::string>();
    const auto* const found = std::find_if(
        type_codes.begin(), type_codes.end(), [&](const TypeCode& t) { return t.code == text; });
    if (found == type_codes.end()) {
      problem(fmt::format("has dtype {}, supported are BOOL, F32, F64, U64", in_quotes(text)));
    }
    return found->type;
  }

  [[nodiscard]] std::vector<std::size_t> numbers(const char* key) const {
    const Json& list = field(key);
    const auto is_count = [](const Json& value) { return value.is_number_unsigned(); };
    if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_count)) {
      problem(fmt::format("has a {} that is not a list of whole numbers from 0 on", key));
    }
    return list.get<std::vector<std::size_t>>();
  }

  [[nodiscard]] Shape shape() const {
    const auto dims = numbers("shape");
    if (dims.size() > Shape::max_rank) {
      problem(fmt::format("has rank {}, at most {} is supported", dims.size(), Shape::max_rank));
    }
    std::size_t size = 1;
    for (const std::size_t dim : dims) {
      if (__builtin_mul_overflow(size, dim, &size)) {
        problem(fmt::format("has shape ({}), whose size overflows", fmt::join(dims, ", ")));
      }
    }
    return Shape(std::span<const std::size_t>(dims));
  }

  void check_size(const StoredTensor& tensor) const {
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(tensor.shape.size(), size_of(tensor.type), &bytes)) {
      problem(fmt::format("has shape {}, whose size overflows", to_string(tensor.shape)));
    }
    if (bytes != tensor.end - tensor.begin) {
      problem(fmt::format("has {} bytes of values, {} {} needs {}",
                          tensor.end - tensor.begin,
                          to_string(tensor.type),
                          to_string(tensor.shape),
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

}  // namespace

void throw_damaged(const Path& file, const std::string& problem) {
  throw_format_error("safetensors", fmt::format("{}: {}", file.string(), problem));
}

SafetensorsHeader parse_header(const Path& file, std::string_view text, std::uint64_t value_bytes) {
  SafetensorsHeader result;
  const Json header = parse_object(file, text);
  for (const auto& [name, fields] : header.items()) {
    if (name == metadata_key) {
      result.metadata = parse_metadata(file, fields);
    } else {
      result.tensors.push_back(TensorParser(file, name, fields).parse());
    }
  }
  std::stable_sort(result.tensors.begin(), result.tensors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
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
  Json object = Json::object();
  for (const auto& [key, value] : header.metadata) {
    check(key);
    check(value);
    object[metadata_key][key] = value;
  }
  for (const StoredTensor& tensor : header.tensors) {
    check(tensor.name);
    if (tensor.name == metadata_key) {
      refuse("a tensor cannot be named '__metadata__'");
    }
    if (object.contains(tensor.name)) {
      refuse(fmt::format("two tensors are named {}", in_quotes(tensor.name)));
    }
    const auto* const code = std::find_if(
        type_codes.begin(), type_codes.end(), [&](const auto& t) { return t.type == tensor.type; });
    object[tensor.name] = {
        {"dtype", code->code},
        {"shape", std::vector<std::size_t>(tensor.shape.begin(), tensor.shape.end())},
        {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text = to_text(object);
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t longest = 120;
  std::string text = to_text(name.substr(0, longest));
  text.front() = '\'';
  text.back() = '\'';
  return name.size() > longest ? text + "…" : text;
}

}  // namespace rondo::detail
