#include "rondo/interop/detail/keras_graph.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

namespace {

using Entries = std::map<std::string, std::size_t>;

/// The name of the layer that a tensor of a graph comes from; none if this is no tensor.
std::optional<std::string> tensor_of(const Config& value) {
  if (text_in(value, "class_name") == "__keras_tensor__" && value.contains("config")) {
    const Config& config = value["config"];
    const auto history = config.find("keras_history");
    if (history != config.end() && history->is_array() && !history->empty() &&
        history->front().is_string()) {
      return history->front().get<std::string>();
    }
  }
  return std::nullopt;
}

/// `["x", 0, 0]`, `[["x", 0, 0]]`
std::optional<std::string> single_end(const Config& ends) {
  const Config& end = ends.is_array() && ends.size() == 1 ? ends.front() : ends;
  const bool one = end.is_array() && end.size() >= 3 && end.front().is_string();
  return one ? std::optional(end.front().get<std::string>()) : std::nullopt;
}

/// What a node of the graph reads.
struct Node {
  std::vector<std::string> tensors;
  std::vector<Config> numbers;  // other arguments
  std::optional<std::string> mask;
  std::string other_argument;  // a keyword that changes the numbers
};

class Chain {
 public:
  Chain(const FilePart& file, const Config& model)
      : file_(file), layers_(layers_of(file, model)), config_(model["config"]) {}

  std::vector<std::size_t> order() {
    read_nodes();
    std::vector<std::size_t> result{entry(end_of("input_layers", "inputs"))};
    const std::string last = end_of("output_layers", "outputs");
    while (name(result.back()) != last) {
      result.push_back(next(name(result.back())));
      if (result.size() > layers_.size()) {
        refuse(result.back(), "lies in a circle");
      }
    }
    check_complete(result);
    check_masks(result);
    return result;
  }

 private:
  [[nodiscard]] std::string name(std::size_t i) const {
    const std::string own = text_in(layers_[i], "name");
    return own.empty() && layers_[i].contains("config") ? text_in(layers_[i]["config"], "name")
                                                        : own;
  }

  [[nodiscard]] bool is_mask_operation(std::size_t i) const {
    const std::string type = text_in(layers_[i], "class_name");
    return type == "NotEqual" || type == "Any";
  }

  [[noreturn]] void refuse(std::size_t i, std::string_view problem) const {
    file_.fail(fmt::format("layer {} ({}) {}: only chains of layers are read",
                           in_quotes(name(i)),
                           printable(text_in(layers_[i], "class_name")),
                           problem));
  }

  std::string end_of(const char* key, const char* what) {
    const auto found = config_.find(key);
    const auto end = found == config_.end() ? std::nullopt : single_end(*found);
    if (!end) {
      file_.fail(fmt::format("the graph has several {}, or none: {} is {}",
                             what,
                             key,
                             found == config_.end() ? "missing" : to_short_text(*found)));
    }
    return *end;
  }

  [[nodiscard]] std::size_t entry(const std::string& wanted) const {
    const auto found = entries_.find(wanted);
    if (found == entries_.end()) {
      file_.fail(fmt::format("the graph has no layer {}", in_quotes(wanted)));
    }
    return found->second;
  }

  void read_nodes() {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!layers_[i].is_object() || name(i).empty() || !entries_.emplace(name(i), i).second) {
        file_.fail(fmt::format("layer {} of the graph has no name of its own", i));
      }
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      nodes_.push_back(node_of(i));
      if (!is_mask_operation(i) && text_in(layers_[i], "class_name") != "InputLayer") {
        if (nodes_[i].tensors.size() != 1) {
          refuse(i, fmt::format("reads {} tensors", nodes_[i].tensors.size()));
        }
        if (!nodes_[i].other_argument.empty()) {
          refuse(i, fmt::format("is called with {}", in_quotes(nodes_[i].other_argument)));
        }
      }
    }
  }

  Node node_of(std::size_t i) {
    const auto nodes = layers_[i].find("inbound_nodes");
    if (nodes == layers_[i].end() || !nodes->is_array()) {
      refuse(i, "has no list of inbound_nodes");
    }
    if (nodes->size() > 1) {
      refuse(i, fmt::format("is used {} times", nodes->size()));
    }
    if (nodes->empty()) {
      return {};
    }
    const Config& node = nodes->front();
    return node.is_object() ? node_of_keras_3(i, node) : node_of_keras_2(i, node);
  }

  Node node_of_keras_3(std::size_t i, const Config& given) {
    Node node;
    if (!given.contains("args") || !given["args"].is_array()) {
      refuse(i, "has a node without args");
    }
    for (const Config& value : given["args"]) {
      if (const auto tensor = tensor_of(value)) {
        node.tensors.push_back(*tensor);
      } else if (value.is_number()) {
        node.numbers.push_back(value);
      } else if (value.is_array()) {
        refuse(i, fmt::format("reads a list of {} tensors", value.size()));
      } else if (!value.is_null()) {
        refuse(i, fmt::format("reads {}", to_short_text(value)));
      }
    }
    if (given.contains("kwargs") && given["kwargs"].is_object()) {
      for (const auto& [key, value] : given["kwargs"].items()) {
        read_keyword(node, key, value);
      }
    }
    return node;
  }

  static void read_keyword(Node& node, const std::string& key, const Config& value) {
    if (key == "mask" && !value.is_null()) {
      node.mask = tensor_of(value).value_or("");
    } else if (key != "training" && !value.is_null()) {
      node.other_argument = key;
    }
  }

  /// `[["name", 0, 0, {}]]`: masks are not part of the graph.
  Node node_of_keras_2(std::size_t i, const Config& given) {
    Node node;
    const bool bare = given.is_array() && !given.empty() && given.front().is_string();
    const Config tensors = bare ? Config::array({given}) : given;
    if (!tensors.is_array()) {
      refuse(i, "has a node that is no list");
    }
    for (const Config& tensor : tensors) {
      if (!tensor.is_array() || tensor.size() < 3 || !tensor.front().is_string()) {
        refuse(i, fmt::format("reads {}", to_short_text(tensor)));
      }
      node.tensors.push_back(tensor.front().get<std::string>());
      if (tensor.size() > 3 && tensor[3].is_object()) {
        for (const auto& [key, value] : tensor[3].items()) {
          read_keyword(node, key, value);
        }
      }
    }
    keras_2_ = true;
    return node;
  }

  [[nodiscard]] std::size_t next(const std::string& before) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!is_mask_operation(i) && !nodes_[i].tensors.empty() && nodes_[i].tensors[0] == before) {
        if (found) {
          refuse(i, fmt::format("is the second one that reads {}", in_quotes(before)));
        }
        found = i;
      }
    }
    if (!found) {
      file_.fail(fmt::format("no layer of the graph reads {}, which is not its output",
                             in_quotes(before)));
    }
    return *found;
  }

  void check_complete(const std::vector<std::size_t>& order) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!is_mask_operation(i) && std::find(order.begin(), order.end(), i) == order.end()) {
        refuse(i, "does not lie between input and output");
      }
    }
  }

  /// What a mask is made of: the tensor that is compared, and with which number.
  struct MaskSource {
    std::string tensor;
    double value = 0.0;
    bool any = false;

    friend bool operator==(const MaskSource&, const MaskSource&) = default;
  };

  [[nodiscard]] MaskSource source_of(std::size_t reader, const std::string& mask) const {
    std::size_t i = entries_.contains(mask) ? entries_.at(mask) : reader;
    MaskSource source;
    if (text_in(layers_[i], "class_name") == "Any" && nodes_[i].tensors.size() == 1) {
      source.any = true;
      i = entry(nodes_[i].tensors[0]);
    }
    if (text_in(layers_[i], "class_name") != "NotEqual" || nodes_[i].tensors.size() != 1) {
      refuse(reader, "has a mask that no layer of the chain makes");
    }
    source.tensor = nodes_[i].tensors[0];
    source.value = nodes_[i].numbers.empty() ? 0.0 : nodes_[i].numbers[0].get<double>();
    return source;
  }

  /// The mask that holds behind layer i of the chain.
  [[nodiscard]] std::optional<MaskSource> mask_behind(std::size_t i,
                                                      std::optional<MaskSource> mask) const {
    const std::string type = text_in(layers_[i], "class_name");
    const auto config = layers_[i].find("config");
    const auto option = [&](const char* key) -> Config {
      return config != layers_[i].end() && config->is_object() ? config->value(key, Config())
                                                               : Config();
    };
    if (type == "Masking") {
      const Config value = option("mask_value");
      return MaskSource{nodes_[i].tensors[0], value.is_number() ? value.get<double>() : 0.0, true};
    }
    if (type == "Embedding") {
      return option("mask_zero") == true ? std::optional(MaskSource{nodes_[i].tensors[0], 0.0})
                                         : std::nullopt;
    }
    const Config inner = option("layer");
    const bool recurrent = type == "GRU" || type == "LSTM" || type == "SimpleRNN" || type == "RNN";
    const bool whole = type == "Bidirectional" && inner.is_object() && inner.contains("config")
                           ? inner["config"].value("return_sequences", Config()) == true
                           : option("return_sequences") == true;
    return (recurrent || type == "Bidirectional") && !whole ? std::nullopt : mask;
  }

  /// A mask is a node in the graph of Keras 3 where a layer takes one; it must be ours.
  void check_masks(const std::vector<std::size_t>& order) const {
    std::optional<MaskSource> ours;
    for (const std::size_t i : order) {
      const std::string type = text_in(layers_[i], "class_name");
      const bool takes = type == "GRU" || type == "LSTM" || type == "SimpleRNN" || type == "RNN" ||
                         type == "Bidirectional";
      if (nodes_[i].mask) {
        if (!ours || source_of(i, *nodes_[i].mask) != *ours) {
          refuse(i, "has another mask than the layers before it make");
        }
      } else if (takes && ours && !keras_2_) {
        refuse(i, "does not take the mask that the layers before it make");
      }
      ours = mask_behind(i, ours);
    }
  }

  const FilePart& file_;
  const Config& layers_;
  const Config& config_;
  Entries entries_;
  std::vector<Node> nodes_;
  bool keras_2_ = false;
};

}  // namespace

void FilePart::fail(std::string_view problem) const {
  refuse_file(
      format, path, part.empty() ? std::string(problem) : fmt::format("{}: {}", part, problem));
}

std::string text_in(const Config& object, const char* key) {
  if (!object.is_object()) {
    return {};
  }
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_model(const Config& layer) {
  const std::string type = text_in(layer, "class_name");
  return type == "Sequential" || type == "Functional" || type == "Model";
}

const Config& layers_of(const FilePart& file, const Config& model) {
  const auto config = model.find("config");
  const bool bare = config != model.end() && config->is_array();  // older Keras 2
  if (bare || (config != model.end() && config->is_object() && config->contains("layers") &&
               (*config)["layers"].is_array())) {
    return bare ? *config : (*config)["layers"];
  }
  file.fail(fmt::format("the {} has no list of layers", printable(text_in(model, "class_name"))));
}

std::vector<std::size_t> chain_of(const FilePart& file, const Config& model) {
  if (text_in(model, "class_name") != "Sequential") {
    return Chain(file, model).order();
  }
  std::vector<std::size_t> all(layers_of(file, model).size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = i;
  }
  return all;
}

}  // namespace rondo::detail
