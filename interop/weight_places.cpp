#include "rondo/interop/detail/weight_places.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/printable.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo::detail {

namespace {

const Config& options_of(const Config& layer) {
  static const Config none = Config::object();
  const auto options = layer.is_object() ? layer.find("config") : layer.end();
  return layer.is_object() && options != layer.end() && options->is_object() ? *options : none;
}

bool flag(const Config& options, const char* key, bool by_default) {
  const auto found = options.find(key);
  return found == options.end() || !found->is_boolean() ? by_default : found->get<bool>();
}

const Config& inner(const FilePart& file, const Config& layer, const char* key) {
  const Config& options = options_of(layer);
  const auto found = options.find(key);
  if (found == options.end() || !found->is_object()) {
    file.fail(fmt::format("{} has no '{}'", printable(text_in(layer, "class_name")), key));
  }
  return *found;
}

/// Names as Keras numbers them: `gru`, `gru_1`, … per class in one container.
class Numbering {
 public:
  std::string next(const std::string& class_name) {
    const std::string base = snake_case(class_name);
    const int i = seen_[base]++;
    return i == 0 ? base : fmt::format("{}_{}", base, i);
  }

 private:
  std::map<std::string, int> seen_;
};

/// The position of the walk.
struct Here {
  std::string group;  // with a slash behind it, or empty
  std::string path;   // likewise, by names of layers
  std::string owner;  // who TensorFlow.js says has the weights
  bool trainable = true;
};

class Walk {
 public:
  explicit Walk(const FilePart& file) : file_(file) {}

  void model(const Config& config, const Here& here, bool outermost) {
    groups.push_back({here.group + "vars", text_in(options_of(config), "name")});
    const Config& layers = layers_of(file_, config);
    std::vector<std::string> names;
    Numbering numbering;
    for (const Config& layer : layers) {
      names.push_back(numbering.next(text_in(layer, "class_name")));
    }
    Numbering ours;
    for (const std::size_t i : chain_of(file_, config)) {
      const std::string given = text_in(options_of(layers[i]), "name");
      const std::string name = given.empty() ? ours.next(text_in(layers[i], "class_name")) : given;
      if (outermost) {
        top_ = i;
        top_name_ = name;
      }
      layer(layers[i],
            {here.group + "layers/" + names[i] + '/',
             here.path + name,
             name,
             here.trainable && flag(options_of(layers[i]), "trainable", true)});
    }
  }

  std::vector<WeightPlace> places;
  std::vector<LayerGroup> groups;

 private:
  struct Kind {
    std::string_view class_name;
    void (Walk::*visit)(const Config&, const Here&);
  };

  void layer(const Config& config, const Here& here) {
    static constexpr std::array kinds{Kind{"Bidirectional", &Walk::bidirectional},
                                      Kind{"Dense", &Walk::dense},
                                      Kind{"Dropout", &Walk::nothing},
                                      Kind{"Embedding", &Walk::embedding},
                                      Kind{"Functional", &Walk::nested},
                                      Kind{"GRU", &Walk::recurrent},
                                      Kind{"InputLayer", &Walk::nothing},
                                      Kind{"LSTM", &Walk::recurrent},
                                      Kind{"LayerNormalization", &Walk::normalization},
                                      Kind{"Masking", &Walk::nothing},
                                      Kind{"Model", &Walk::nested},
                                      Kind{"RNN", &Walk::rnn},
                                      Kind{"Sequential", &Walk::nested},
                                      Kind{"SimpleRNN", &Walk::recurrent},
                                      Kind{"TimeDistributed", &Walk::time_distributed}};
    const std::string type = text_in(config, "class_name");
    for (const Kind& kind : kinds) {
      if (kind.class_name == type) {
        (this->*kind.visit)(config, here);
        return;
      }
    }
    std::vector<std::string_view> known;
    for (const Kind& kind : kinds) {
      known.push_back(kind.class_name);
    }
    file_.fail(fmt::format("layer {}: the class {} is not known, known are {}",
                           in_quotes(here.path),
                           in_quotes(type),
                           fmt::join(known, ", ")));
  }

  void own_group(const Config& config, const Here& here) {
    groups.push_back({here.group + "vars", text_in(options_of(config), "name")});
  }

  void weight(const Here& here, std::size_t index, const char* name) {
    places.push_back({here.group + "vars",
                      index,
                      name,
                      here.path,
                      top_,
                      top_name_,
                      here.trainable,
                      here.owner + '/' + name});
  }

  void nothing(const Config& config, const Here& here) { own_group(config, here); }

  void dense(const Config& config, const Here& here) {
    own_group(config, here);
    weight(here, 0, "kernel");
    if (flag(options_of(config), "use_bias", true)) {
      weight(here, 1, "bias");
    }
  }

  void embedding(const Config& config, const Here& here) {
    own_group(config, here);
    weight(here, 0, "embeddings");
  }

  void normalization(const Config& config, const Here& here) {
    own_group(config, here);
    std::size_t index = 0;
    if (flag(options_of(config), "scale", true)) {
      weight(here, index++, "gamma");
    }
    if (flag(options_of(config), "center", true)) {
      weight(here, index, "beta");
    }
  }

  void cell_weights(const Config& config, const Here& here) {
    weight(here, 0, "kernel");
    weight(here, 1, "recurrent_kernel");
    if (flag(options_of(config), "use_bias", true)) {
      weight(here, 2, "bias");
    }
  }

  void recurrent(const Config& config, const Here& here) {
    own_group(config, here);
    const Here cell{here.group + "cell/", here.path, here.owner, here.trainable};
    groups.push_back({cell.group + "vars", snake_case(text_in(config, "class_name")) + "_cell"});
    cell_weights(config, cell);
  }

  void rnn(const Config& config, const Here& here) {
    own_group(config, here);
    const Config& cell = inner(file_, config, "cell");
    const bool trainable = here.trainable && flag(options_of(cell), "trainable", true);
    const Here below{here.group + "cell/", here.path, here.owner, trainable};
    own_group(cell, below);
    if (text_in(cell, "class_name") == "StackedRNNCells") {
      stack(cell, below);
    } else {
      one_cell(cell, below);
    }
  }

  void one_cell(const Config& cell, const Here& here) {
    const std::string type = text_in(cell, "class_name");
    if (type != "GRUCell" && type != "LSTMCell" && type != "SimpleRNNCell") {
      file_.fail(
          fmt::format("layer {}: the cell's class {} is not known, known are GRUCell, "
                      "LSTMCell, SimpleRNNCell, StackedRNNCells",
                      in_quotes(here.path),
                      in_quotes(type)));
    }
    cell_weights(cell, here);
  }

  void stack(const Config& config, const Here& here) {
    const auto cells = options_of(config).find("cells");
    if (cells == options_of(config).end() || !cells->is_array()) {
      file_.fail(fmt::format("layer {}: the stack has no list of cells", in_quotes(here.path)));
    }
    Numbering numbering;
    std::size_t i = 0;
    for (const Config& cell : *cells) {
      const bool trainable = here.trainable && flag(options_of(cell), "trainable", true);
      const Here below{here.group + "cells/" + numbering.next(text_in(cell, "class_name")) + '/',
                       fmt::format("{}/cells[{}]", here.path, i),
                       fmt::format("{}/RNNCell_{}", here.owner, i),
                       trainable};
      own_group(cell, below);
      one_cell(cell, below);
      ++i;
    }
  }

  void bidirectional(const Config& config, const Here& here) {
    own_group(config, here);
    const Config& forward = inner(file_, config, "layer");
    const auto given = options_of(config).find("backward_layer");
    const bool own = given != options_of(config).end() && given->is_object();
    const Config& backward = own ? *given : forward;
    std::string base = text_in(options_of(forward), "name");
    if (base.starts_with("forward_")) {
      base.erase(0, std::string_view("forward_").size());
    }
    direction(forward, here, "forward_", base);
    direction(backward, here, "backward_", base);
  }

  void direction(const Config& config,
                 const Here& here,
                 const std::string& prefix,
                 const std::string& base) {
    layer(config,
          {here.group + prefix + "layer/",
           here.path + '/' + prefix + base,
           here.owner + '/' + prefix + base,
           here.trainable && flag(options_of(config), "trainable", true)});
  }

  void time_distributed(const Config& config, const Here& here) {
    own_group(config, here);
    const Config& below = inner(file_, config, "layer");
    layer(below,
          {here.group + "layer/",
           here.path,
           here.owner,
           here.trainable && flag(options_of(below), "trainable", true)});
  }

  void nested(const Config& config, const Here& here) {
    model(config, {here.group, here.path + '/', {}, here.trainable}, false);
  }

  const FilePart& file_;
  std::size_t top_ = 0;
  std::string top_name_;
};

/// A single layer is a model of one.
Walk walk(const FilePart& file, const Config& model) {
  Walk result(file);
  result.model(model, {{}, {}, {}, flag(options_of(model), "trainable", true)}, true);
  return result;
}

}  // namespace

std::vector<WeightPlace> weight_places(const FilePart& file, const Config& model) {
  return walk(file, model).places;
}

std::vector<LayerGroup> layer_groups(const FilePart& file, const Config& model) {
  return walk(file, model).groups;
}

}  // namespace rondo::detail
