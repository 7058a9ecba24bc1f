// A list of PyTorch's modules as a config of layers.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/torch_state.hpp"

namespace rondo::detail {

namespace {

/// The arguments of one module: each must be asked for, so that none is ignored.
class Arguments {
 public:
  Arguments(const ModelSource& file, std::string_view format, const Json& module)
      : file_(file), format_(format) {
    if (!module.is_object() || !module.contains("class") || !module.contains("name")) {
      refuse_file(format, file.path, "architecture: a module has a name and a class");
    }
    name_ = module["name"].get<std::string>();
    class_ = module["class"].get<std::string>();
    arguments_ = module.value("arguments", Json::object());
    take_ = module.value("take", std::string());
    if (!arguments_.is_object()) {
      fail("its arguments must be an object");
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    refuse_file(
        format_,
        file_.path,
        fmt::format("architecture: module {} (nn.{}): {}", in_quotes(name_), class_, problem));
  }

  template <class Value>
  Value get(const char* key, Value by_default) {
    asked_.insert(key);
    return arguments_.value(key, by_default);
  }

  std::size_t size(const char* key) {
    asked_.insert(key);
    const auto found = arguments_.find(key);
    if (found == arguments_.end() || !found->is_number_unsigned()) {
      fail(fmt::format("{} must be a whole number", key));
    }
    return found->get<std::size_t>();
  }

  /// What has no counterpart must have this value.
  template <class Value>
  void expect(const char* key, Value wanted) {
    if (get(key, wanted) != wanted) {
      fail(fmt::format("{} is {}, which rondo does not have", key, to_text(arguments_[key])));
    }
  }

  void finish() const {
    constexpr std::array harmless{"device", "dtype", "padding_idx"};
    for (const auto& [key, value] : arguments_.items()) {
      if (!asked_.contains(key) &&
          std::find(harmless.begin(), harmless.end(), key) == harmless.end()) {
        fail(fmt::format("unknown argument {}", in_quotes(key)));
      }
    }
  }

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] const std::string& class_name() const { return class_; }

  [[nodiscard]] bool takes_last_state() const {
    if (!take_.empty() && take_ != "last_state") {
      fail(fmt::format("take is {}, known is 'last_state'", in_quotes(take_)));
    }
    return !take_.empty();
  }

 private:
  const ModelSource& file_;
  std::string_view format_;
  std::string name_;
  std::string class_;
  std::string take_;
  Json arguments_;
  std::set<std::string> asked_;
};

class ConfigMaker {
 public:
  explicit ConfigMaker(TorchModules& result) : result_(result) {}

  void add(Arguments module) {
    const std::string& c = module.class_name();
    if (c == "GRU" || c == "LSTM" || c == "RNN") {
      add_recurrent(module);
    } else if (c == "Linear") {
      add_linear(module);
    } else if (c == "Embedding") {
      declare({nullptr, nullptr});
      result_.prefixes.push_back(module.name());
      append("Embedding",
             module.name(),
             {{"input_dim", module.size("num_embeddings")},
              {"output_dim", module.size("embedding_dim")}});
    } else if (c == "LayerNorm") {
      add_norm(module);
    } else if (c == "Dropout") {
      append("Dropout", module.name(), {{"rate", module.get("p", 0.5)}});
      module.get("inplace", false);
    } else {
      add_function(module);
    }
    module.finish();
  }

  void finish() {
    if (has_time_ && input_.size() == 2 && layers_[0]["class_name"] != "Embedding") {
      input_.insert(input_.begin() + 1, nullptr);  // of a Linear in front of a recurrent module
    }
    result_.config = {{"class_name", "Sequential"},
                      {"config", {{"name", "sequential"}, {"layers", std::move(layers_)}}}};
    if (!input_.is_null()) {
      result_.config["config"]["batch_input_shape"] = std::move(input_);
    }
  }

 private:
  /// Names of layers have no dots.
  static std::string layer_name(std::string name) {
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
  }

  void append(const char* class_name, const std::string& name, Json config) {
    config["name"] = layer_name(name);
    layers_.push_back({{"class_name", class_name}, {"config", std::move(config)}});
  }

  /// Of the first layer that knows its inputs.
  void declare(Json shape) {
    if (input_.is_null()) {
      input_ = std::move(shape);
    }
  }

  void add_recurrent(Arguments& module) {
    const std::size_t layers = module.get("num_layers", std::size_t{1});
    const std::size_t units = module.size("hidden_size");
    const bool both = module.get("bidirectional", false);
    const double dropout = module.get("dropout", 0.0);
    constexpr std::size_t most_layers = 1000;
    if (layers == 0 || layers > most_layers) {
      module.fail(fmt::format("num_layers is {}", layers));
    }
    declare({nullptr, nullptr, module.size("input_size")});
    has_time_ = true;
    module.expect("proj_size", 0);
    result_.time_first = !module.get("batch_first", false);
    const Json common = recurrent_options(module, units);
    for (std::size_t i = 0; i < layers; ++i) {
      const std::string name =
          layers == 1 ? module.name() : fmt::format("{}_l{}", module.name(), i);
      Json config = common;
      config["return_sequences"] = i + 1 < layers || !module.takes_last_state();
      add_direction(module.class_name(), name, config, both);
      result_.prefixes.push_back(module.name());
      if (i + 1 < layers && dropout > 0) {
        append("Dropout", name + "_dropout", {{"rate", dropout}});
      }
    }
  }

  static Json recurrent_options(Arguments& module, std::size_t units) {
    Json options{{"units", units}, {"use_bias", module.get("bias", true)}};
    if (module.class_name() == "RNN") {
      options["activation"] = module.get("nonlinearity", std::string("tanh"));
    }
    return options;
  }

  void add_direction(const std::string& torch_class,
                     const std::string& name,
                     const Json& config,
                     bool both) {
    const std::string class_name = torch_class == "RNN" ? "SimpleRNN" : torch_class;
    if (!both) {
      append(class_name.c_str(), name, config);
      return;
    }
    Json forward = config;
    forward["name"] = layer_name("forward_" + name);
    append("Bidirectional",
           name,
           {{"merge_mode", "concat"},
            {"layer", {{"class_name", class_name}, {"config", std::move(forward)}}}});
  }

  void add_linear(Arguments& module) {
    declare({nullptr, module.size("in_features")});
    result_.prefixes.push_back(module.name());
    append("Dense",
           module.name(),
           {{"units", module.size("out_features")},
            {"use_bias", module.get("bias", true)},
            {"activation", "linear"}});
  }

  void add_norm(Arguments& module) {
    const Json shape = module.get("normalized_shape", Json());
    const Json size = shape.is_array() && shape.size() == 1 ? shape[0] : shape;
    if (!size.is_number_unsigned()) {
      module.fail("normalized_shape must be the size of the last axis");
    }
    const bool affine = module.get("elementwise_affine", true);
    const bool bias = module.get("bias", true);
    declare({nullptr, size});
    if (affine) {
      result_.prefixes.push_back(module.name());
    }
    append("LayerNormalization",
           module.name(),
           {{"axis", -1},
            {"epsilon", module.get("eps", 1e-5)},
            {"scale", affine},
            {"center", affine && bias}});
  }

  /// A function behind a Linear is that layer's activation.
  void add_function(Arguments& module) {
    struct Function {
      std::string_view torch;
      const char* keras;
    };

    constexpr std::array functions{Function{"Tanh", "tanh"},
                                   Function{"ReLU", "relu"},
                                   Function{"Sigmoid", "sigmoid"},
                                   Function{"Softmax", "softmax"}};
    const auto* const found =
        std::find_if(functions.begin(), functions.end(), [&](const Function& f) {
          return f.torch == module.class_name();
        });
    if (found == functions.end()) {
      module.fail(
          "unknown class, known are GRU, LSTM, RNN, Linear, Embedding, LayerNorm, Dropout, "
          "Tanh, ReLU, Sigmoid, Softmax");
    }
    if (found->torch == "Softmax") {
      check_axis(module);
    }
    module.get("inplace", false);
    if (layers_.empty() || layers_.back()["class_name"] != "Dense" ||
        layers_.back()["config"]["activation"] != "linear") {
      module.fail("a function is read behind a Linear only");
    }
    layers_.back()["config"]["activation"] = found->keras;
  }

  static void check_axis(Arguments& module) {
    if (module.get("dim", Json()) != -1) {
      module.fail("dim must be -1, the last axis");
    }
  }

  TorchModules& result_;
  Json layers_ = Json::array();
  Json input_;
  bool has_time_ = false;
};

}  // namespace

TorchModules modules_from_json(const ModelSource& file, std::string_view format, const Json& list) {
  TorchModules result;
  ConfigMaker maker(result);
  try {
    for (const Json& module : list) {
      maker.add(Arguments(file, format, module));
    }
  } catch (const Json::exception& error) {
    refuse_file(format, file.path, fmt::format("architecture: {}", error.what()));
  }
  maker.finish();
  return result;
}

}  // namespace rondo::detail
