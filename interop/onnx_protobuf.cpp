// The bytes of ONNX files, by protobuf.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <onnx.pb.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/onnx_model.hpp"

namespace rondo::detail {

namespace {

namespace fs = std::filesystem;
namespace pb = google::protobuf;

constexpr std::string_view format = "onnx";

// ---- how many parts a file has ----

enum class Part : std::uint8_t {
  leaf,
  model,
  graph,
  node,
  attribute,
  tensor,
  value,
  value_type,
  tensor_type,
  tensor_shape
};

/// The fields that are messages.
struct PartField {
  Part inside;
  std::uint32_t number;
  Part what;
};

constexpr std::array part_fields{PartField{Part::model, 7, Part::graph},
                                 PartField{Part::model, 8, Part::leaf},
                                 PartField{Part::model, 25, Part::leaf},
                                 PartField{Part::graph, 1, Part::node},
                                 PartField{Part::graph, 5, Part::tensor},
                                 PartField{Part::graph, 11, Part::value},
                                 PartField{Part::graph, 12, Part::value},
                                 PartField{Part::graph, 15, Part::leaf},
                                 PartField{Part::node, 5, Part::attribute},
                                 PartField{Part::attribute, 5, Part::tensor},
                                 PartField{Part::attribute, 6, Part::leaf},
                                 PartField{Part::tensor, 13, Part::leaf},
                                 PartField{Part::value, 2, Part::value_type},
                                 PartField{Part::value_type, 1, Part::tensor_type},
                                 PartField{Part::tensor_type, 2, Part::tensor_shape},
                                 PartField{Part::tensor_shape, 1, Part::leaf}};

// How much of the file a message or a name must fill at least, on average: in memory each is some
// hundred or some ten bytes.
constexpr std::size_t least_message = 10, least_name = 2;

/// What the messages and names of one must fill, counted before there is memory for them. What is
/// damaged counts up to there. The table has no cycle, so the depth is bounded.
std::size_t least_size(std::string_view bytes, Part part) {
  constexpr std::uint32_t with_length = 2;
  pb::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                  static_cast<int>(bytes.size()));
  std::size_t least = least_message;
  while (const std::uint32_t tag = stream.ReadTag()) {
    std::uint32_t length = 0;
    std::uint64_t number = 0;
    if ((tag & 7U) != with_length) {
      const bool passed = (tag & 7U) == 0   ? stream.ReadVarint64(&number)
                          : (tag & 7U) == 1 ? stream.Skip(8)
                          : (tag & 7U) == 5 ? stream.Skip(4)
                                            : false;
      if (!passed) {
        break;
      }
      continue;
    }
    if (!stream.ReadVarint32(&length)) {
      break;
    }
    const auto at = static_cast<std::size_t>(stream.CurrentPosition());
    if (length > bytes.size() - at) {
      break;
    }
    const auto* const field =
        std::find_if(part_fields.begin(), part_fields.end(), [&](const PartField& f) {
          return f.inside == part && f.number == tag >> 3U;
        });
    if (field != part_fields.end()) {
      least += least_size(bytes.substr(at, length), field->what);
    } else if (part == Part::node || part == Part::attribute) {
      least += least_name;
    }
    stream.Skip(static_cast<int>(length));
  }
  return least;
}

// ---- other files ----

/// Tensors that lie in files beside the model.
class ExternalData {
 public:
  explicit ExternalData(const ModelSource& file)
      : file_(file), folder_(file.path.has_parent_path() ? file.path.parent_path() : ".") {}

  std::string read(const onnx::Tensor& tensor, std::uint64_t bytes) const {
    std::string location;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
    for (const onnx::Entry& entry : tensor.external()) {
      if (entry.key() == "location") {
        location = entry.value();
      } else if (entry.key() == "offset") {
        offset = number(tensor, entry.value());
      } else if (entry.key() == "length") {
        length = number(tensor, entry.value());
      }
    }
    if (length.value_or(bytes) != bytes) {
      fail(tensor, fmt::format("has {} bytes in another file, its shape needs {}", *length, bytes));
    }
    return read_part(tensor, location, offset, bytes);
  }

 private:
  [[noreturn]] void fail(const onnx::Tensor& tensor, const std::string& problem) const {
    refuse_file(format, file_.path, fmt::format("tensor {} {}", in_quotes(tensor.name()), problem));
  }

  std::uint64_t number(const onnx::Tensor& tensor, const std::string& text) const {
    std::uint64_t result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(tensor, fmt::format("has {} where a number belongs", in_quotes(text)));
    }
    return result;
  }

  /// A plain path below the folder, none of whose parts is a link.
  fs::path checked_path(const onnx::Tensor& tensor, const std::string& location) const {
    const fs::path relative(location);
    const bool leads_out =
        location.empty() || relative.is_absolute() ||
        std::any_of(
            relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; }) ||
        location.find('\\') != std::string::npos || location.find('\0') != std::string::npos;
    if (leads_out) {
      fail(tensor,
           fmt::format("lies in {}, outside the folder of the model: it is not opened",
                       in_quotes(location)));
    }
    fs::path path = folder_;
    for (const fs::path& part : relative) {
      path /= part;
      std::error_code none;
      if (fs::is_symlink(path, none)) {
        fail(tensor,
             fmt::format("lies in {}, which is a link and may lead outside: it is not opened",
                         in_quotes(location)));
      }
    }
    return path;
  }

  std::string read_part(const onnx::Tensor& tensor,
                        const std::string& location,
                        std::uint64_t offset,
                        std::uint64_t bytes) const {
    const fs::path path = checked_path(tensor, location);
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    struct ::stat status {};

    const bool regular = fd >= 0 && ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    const auto size = regular ? static_cast<std::uint64_t>(status.st_size) : 0;
    std::string result;
    std::size_t got = 0;
    if (regular && offset <= size && bytes <= size - offset) {
      result.resize(bytes);
      while (got < bytes) {
        const ssize_t n =
            ::pread(fd, result.data() + got, bytes - got, static_cast<off_t>(offset + got));
        if (n <= 0) {
          break;
        }
        got += static_cast<std::size_t>(n);
      }
    }
    if (fd >= 0) {
      ::close(fd);
    }
    if (!regular) {
      fail(tensor, fmt::format("lies in {}, which cannot be read", in_quotes(location)));
    }
    if (result.size() != bytes || got != bytes) {
      fail(tensor,
           fmt::format("lies at {} to {} of {}, which has {} bytes",
                       offset,
                       offset + bytes,
                       in_quotes(location),
                       size));
    }
    return result;
  }

  const ModelSource& file_;
  fs::path folder_;
};

// ---- reading ----

class OnnxParser {
 public:
  explicit OnnxParser(const ModelSource& file) : file_(file), external_(file) {}

  OnnxModel parse() {
    constexpr std::size_t most_bytes = 2'000'000'000;  // protobuf's own limit
    onnx::Model model;
    if (file_.content.size() > most_bytes) {
      fail(fmt::format("has {} bytes, ONNX files have less than 2 GB", file_.content.size()));
    }
    constexpr std::size_t always = 10'000;
    if (least_size(file_.content, Part::model) > always + file_.content.size()) {
      fail("has more parts than a file of its size should");
    }
    if (!model.ParseFromArray(file_.content.data(), static_cast<int>(file_.content.size()))) {
      fail("is damaged: its parts do not fit into one another");
    }
    OnnxModel result{.ir_version = model.ir_version(),
                     .opset = opset_of(model),
                     .producer = model.producer_name() + ' ' + model.producer_version()};
    if (model.functions_size() > 0) {
      fail("defines functions of its own, which are not read");
    }
    parse_graph(*model.mutable_graph(), result);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    refuse_file(format, file_.path, problem);
  }

  std::int64_t opset_of(const onnx::Model& model) const {
    for (const onnx::OperatorSet& set : model.operator_sets()) {
      if (set.domain().empty() || set.domain() == "ai.onnx") {
        return set.version();
      }
    }
    fail("names no version of ONNX' own operators");
  }

  void parse_graph(onnx::Graph& graph, OnnxModel& model) {
    if (graph.sparse_initializers_size() > 0) {
      fail("has sparse tensors, which are not read");
    }
    model.graph_name = graph.name();
    for (onnx::Node& node : *graph.mutable_nodes()) {
      model.nodes.push_back(node_of(node));
    }
    for (onnx::Tensor& tensor : *graph.mutable_initializers()) {
      model.initializers.push_back(tensor_of(tensor));
    }
    for (const onnx::Value& value : graph.inputs()) {
      model.inputs.push_back(value_of(value));
    }
    for (const onnx::Value& value : graph.outputs()) {
      model.outputs.push_back(value_of(value));
    }
  }

  OnnxNode node_of(onnx::Node& node) {
    OnnxNode result{.type = node.type(),
                    .name = node.name(),
                    .domain = node.domain(),
                    .inputs = {node.inputs().begin(), node.inputs().end()},
                    .outputs = {node.outputs().begin(), node.outputs().end()}};
    for (onnx::Attribute& attribute : *node.mutable_attributes()) {
      if (!result.attributes.emplace(attribute.name(), attribute_of(attribute)).second) {
        fail(fmt::format("node {} has the attribute {} twice",
                         in_quotes(node.name()),
                         in_quotes(attribute.name())));
      }
    }
    return result;
  }

  OnnxAttribute attribute_of(onnx::Attribute& from) {
    OnnxAttribute result{.kind = static_cast<OnnxAttribute::Kind>(from.kind()),
                         .number = from.number(),
                         .integer = from.integer(),
                         .text = from.text(),
                         .numbers = {from.numbers().begin(), from.numbers().end()},
                         .integers = {from.integers().begin(), from.integers().end()},
                         .texts = {from.texts().begin(), from.texts().end()}};
    if (from.has_tensor()) {
      result.tensor = tensor_of(*from.mutable_tensor());
    }
    if (from.has_graph()) {
      result.kind = OnnxAttribute::Kind::graph;
    }
    return result;
  }

  OnnxTensor tensor_of(onnx::Tensor& from) {
    OnnxTensor result{.name = from.name(),
                      .type = static_cast<OnnxType>(from.type()),
                      .dims = {from.dims().begin(), from.dims().end()}};
    if (size_of(result.type) == 0) {
      if (from.location() == 1) {
        fail(fmt::format("tensor {} has {}", in_quotes(result.name), to_string(result.type)));
      }
      return result;  // an error where it is used
    }
    const std::uint64_t bytes = bytes_of(result);
    if (from.location() == 1) {
      result.bytes = external_.read(from, bytes);
    } else if (from.has_raw()) {
      result.bytes = std::move(*from.mutable_raw());
    } else {
      result.bytes = typed_bytes(from, result.type);
    }
    if (result.bytes.size() != bytes) {
      fail(fmt::format("tensor {} has {} bytes, its shape needs {}",
                       in_quotes(result.name),
                       result.bytes.size(),
                       bytes));
    }
    return result;
  }

  std::uint64_t bytes_of(const OnnxTensor& tensor) const {
    std::uint64_t result = size_of(tensor.type);
    for (const std::int64_t dim : tensor.dims) {
      if (dim < 0 || __builtin_mul_overflow(result, static_cast<std::uint64_t>(dim), &result)) {
        fail(fmt::format("tensor {} has the size {}", in_quotes(tensor.name), dim));
      }
    }
    return result;
  }

  template <class To, class Field>
  static std::string packed(const Field& field) {
    std::string bytes(field.size() * sizeof(To), '\0');
    char* at = bytes.data();
    for (const auto value : field) {
      const To converted = static_cast<To>(value);
      std::memcpy(at, &converted, sizeof(To));
      at += sizeof(To);
    }
    return bytes;
  }

  static std::string typed_bytes(const onnx::Tensor& from, OnnxType type) {
    switch (type) {
      case OnnxType::float32:
        return packed<float>(from.floats());
      case OnnxType::float64:
        return packed<double>(from.doubles());
      case OnnxType::int64:
        return packed<std::int64_t>(from.longs());
      case OnnxType::int32:
        return packed<std::int32_t>(from.ints());
      case OnnxType::boolean:
        return packed<std::uint8_t>(from.ints());
      default:  // float16, bfloat16
        return packed<std::uint16_t>(from.ints());
    }
  }

  static OnnxValue value_of(const onnx::Value& from) {
    OnnxValue result{.name = from.name(),
                     .type = static_cast<OnnxType>(from.type().tensor().element())};
    for (const onnx::Dim& dim : from.type().tensor().shape().dims()) {
      result.dims.push_back({dim.has_size() ? dim.size() : -1, dim.name()});
    }
    return result;
  }

  const ModelSource& file_;
  ExternalData external_;
};

// ---- writing ----

void write_tensor(const OnnxTensor& from, onnx::Tensor& to) {
  to.set_name(from.name);
  to.set_type(static_cast<std::int32_t>(from.type));
  to.mutable_dims()->Add(from.dims.begin(), from.dims.end());
  to.set_raw(from.bytes);
}

void write_attribute(const std::string& name, const OnnxAttribute& from, onnx::Attribute& to) {
  to.set_name(name);
  to.set_kind(static_cast<std::int32_t>(from.kind));
  switch (from.kind) {
    case OnnxAttribute::Kind::number:
      to.set_number(from.number);
      break;
    case OnnxAttribute::Kind::integer:
      to.set_integer(from.integer);
      break;
    case OnnxAttribute::Kind::text:
      to.set_text(from.text);
      break;
    case OnnxAttribute::Kind::tensor:
      write_tensor(from.tensor, *to.mutable_tensor());
      break;
    case OnnxAttribute::Kind::numbers:
      to.mutable_numbers()->Add(from.numbers.begin(), from.numbers.end());
      break;
    case OnnxAttribute::Kind::integers:
      to.mutable_integers()->Add(from.integers.begin(), from.integers.end());
      break;
    default:
      for (const std::string& text : from.texts) {
        to.add_texts(text);
      }
  }
}

void write_node(const OnnxNode& from, onnx::Node& to) {
  to.set_type(from.type);
  to.set_name(from.name);
  for (const std::string& input : from.inputs) {
    to.add_inputs(input);
  }
  for (const std::string& output : from.outputs) {
    to.add_outputs(output);
  }
  for (const auto& [name, attribute] : from.attributes) {
    write_attribute(name, attribute, *to.add_attributes());
  }
}

void write_value(const OnnxValue& from, onnx::Value& to) {
  to.set_name(from.name);
  onnx::TensorType& type = *to.mutable_type()->mutable_tensor();
  type.set_element(static_cast<std::int32_t>(from.type));
  onnx::TensorShape& shape = *type.mutable_shape();
  for (const OnnxDim& dim : from.dims) {
    onnx::Dim& written = *shape.add_dims();
    if (dim.size >= 0) {
      written.set_size(dim.size);
    } else {
      written.set_name(dim.name);
    }
  }
}

}  // namespace

OnnxModel parse_onnx(const ModelSource& file) {
  return OnnxParser(file).parse();
}

std::string serialize_onnx(const OnnxModel& model, const std::filesystem::path& path) {
  onnx::Model to;
  to.set_ir_version(model.ir_version);
  to.set_producer_name(model.producer);
  onnx::OperatorSet& set = *to.add_operator_sets();
  set.set_domain("");
  set.set_version(model.opset);
  onnx::Graph& graph = *to.mutable_graph();
  graph.set_name(model.graph_name);
  for (const OnnxNode& node : model.nodes) {
    write_node(node, *graph.add_nodes());
  }
  for (const OnnxTensor& tensor : model.initializers) {
    write_tensor(tensor, *graph.add_initializers());
  }
  for (const OnnxValue& value : model.inputs) {
    write_value(value, *graph.add_inputs());
  }
  for (const OnnxValue& value : model.outputs) {
    write_value(value, *graph.add_outputs());
  }
  std::string bytes;
  if (!to.SerializeToString(&bytes)) {
    refuse_file(format, path, "cannot be written: the model is larger than 2 GB");
  }
  return bytes;
}

}  // namespace rondo::detail
