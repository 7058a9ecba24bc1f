#include "rondo/interop/detail/torch_state.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/torch_layers.hpp"

namespace rondo::detail {

namespace {

/// What one module has.
struct Module {
  std::string prefix;
  std::map<std::string, std::size_t> tensors;  // name without prefix → place
  std::size_t taken_layers = 0;                // of a recurrent one

  [[nodiscard]] std::string name_of(const std::string& tensor) const {
    return prefix.empty() ? tensor : prefix + '.' + tensor;
  }

  [[nodiscard]] bool has(const std::string& tensor) const { return tensors.contains(tensor); }

  [[nodiscard]] bool recurrent() const { return has("weight_ih_l0"); }

  [[nodiscard]] bool begun() const { return taken_layers > 0; }
};

/// Gives each layer its module.
class StateReader {
 public:
  StateReader(const ModelSource& file, std::string_view format, TorchState& state)
      : file_(file), format_(format), state_(state), used_(state.tensors.size(), false) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < state.tensors.size(); ++i) {
      const std::string& name = state.tensors[i].name;
      const std::size_t dot = name.rfind('.');
      const std::string prefix = dot == std::string::npos ? "" : name.substr(0, dot);
      const auto [place, is_new] = places.emplace(prefix, modules_.size());
      if (is_new) {
        modules_.push_back({.prefix = prefix, .tensors = {}});
      }
      modules_[place->second].tensors[name.substr(dot + 1)] = i;
    }
  }

  /// @param prefixes  of each layer with weights; empty: found
  std::vector<StoredWeight> read(Chain& chain, const std::vector<std::string>& prefixes) {
    std::vector<StoredWeight> weights;
    std::size_t with_weights = 0;
    for (const ChainLayer& layer : chain.layers) {
      check_options(layer);
      if (layer.num_weights() == 0) {
        continue;
      }
      if (!prefixes.empty() && with_weights == prefixes.size()) {
        fail(fmt::format("layer {} has weights, but no module is given for it",
                         in_quotes(layer.path)));
      }
      Module& module =
          prefixes.empty() ? find_fitting(layer) : find_called(prefixes[with_weights], layer);
      ++with_weights;
      read_layer(layer, module, weights);
    }
    check_nothing_left(prefixes.size(), with_weights);
    return weights;
  }

  /// [null, null, features] of the first layer that has weights, or null.
  [[nodiscard]] const Json& inputs() const { return inputs_; }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    refuse_file(format_, file_.path, problem);
  }

  [[noreturn]] void fail(const ChainLayer& layer, const std::string& problem) const {
    fail(fmt::format("layer {} {}", in_quotes(layer.path), problem));
  }

  void check_options(const ChainLayer& layer) const;
  [[nodiscard]] std::string problem_of_fit(const ChainLayer& layer, const Module& module) const;
  Module& find_called(const std::string& prefix, const ChainLayer& layer);
  Module& find_fitting(const ChainLayer& layer);
  void read_layer(const ChainLayer& layer, Module& module, std::vector<StoredWeight>& weights);
  void read_direction(const ChainLayer& layer,
                      const Module& module,
                      bool reverse,
                      std::vector<StoredWeight>& weights);
  Tensor<float> read_bias(const ChainLayer& layer,
                          const Module& module,
                          const std::string& suffix,
                          std::size_t units);
  const StoredWeight& take(const ChainLayer& layer, const Module& module, const std::string& name);
  void check_nothing_left(std::size_t given, std::size_t needed) const;

  const ModelSource& file_;
  std::string_view format_;
  TorchState& state_;
  std::vector<Module> modules_;
  std::vector<bool> used_;
  std::optional<std::size_t> features_;
  Json inputs_;
};

void StateReader::check_options(const ChainLayer& layer) const {
  if (const std::string problem = problem_of_options(layer); !problem.empty()) {
    fail(layer, problem);
  }
}

/// Why a module is not that of a layer; empty: it may be.
std::string StateReader::problem_of_fit(const ChainLayer& layer, const Module& module) const {
  const auto shape = [&](const std::string& name) {
    return state_.tensors[module.tensors.at(name)].shape;
  };
  if (layer.is_recurrent()) {
    const std::string suffix = suffix_of(module.taken_layers, false);
    const std::size_t units = option(layer.direction(false), "units", std::size_t{0});
    if (!module.has("weight_ih" + suffix) || !module.has("weight_hh" + suffix)) {
      return fmt::format("has no {}", in_quotes(module.name_of("weight_ih" + suffix)));
    }
    if (shape("weight_hh" + suffix) != Shape{gates_of(layer.cell_class()) * units, units}) {
      return fmt::format("{} has shape {}, {} of {} units have ({}, {})",
                         in_quotes(module.name_of("weight_hh" + suffix)),
                         to_string(shape("weight_hh" + suffix)),
                         layer.cell_class(),
                         units,
                         gates_of(layer.cell_class()) * units,
                         units);
    }
    const bool both = layer.class_name == "Bidirectional";
    return both == module.has("weight_ih" + suffix_of(module.taken_layers, true)) ? ""
           : both ? "has one direction"
                  : "has two directions";
  }
  if (!module.has(layer.class_name == "LayerNormalization" && layer.num_weights() == 1 &&
                          !option(layer.options, "scale", true)
                      ? "bias"
                      : "weight")) {
    return "has no weight";
  }
  if (layer.class_name == "LayerNormalization") {
    return !module.has("weight") || shape("weight").rank() == 1 ? "" : "has a matrix";
  }
  const bool table = layer.class_name == "Embedding";
  const std::size_t first = option(layer.options, table ? "input_dim" : "units", std::size_t{0});
  if (shape("weight").rank() != 2 || shape("weight")[0] != first) {
    return fmt::format("{} has shape {}, the layer needs {} rows",
                       in_quotes(module.name_of("weight")),
                       to_string(shape("weight")),
                       first);
  }
  if (table && shape("weight")[1] != option(layer.options, "output_dim", std::size_t{0})) {
    return "has vectors of another length";
  }
  if (!table && features_ && shape("weight")[1] != *features_) {
    return fmt::format("takes {} features, not {}", shape("weight")[1], *features_);
  }
  return module.has("bias") == (!table && layer.num_weights() == 2) ? "" : "differs in its bias";
}

Module& StateReader::find_called(const std::string& prefix, const ChainLayer& layer) {
  std::vector<Module*> found;
  for (Module& module : modules_) {
    if (module.prefix == prefix) {
      found = {&module};
      break;
    }
    if (module.prefix.ends_with('.' + prefix)) {
      found.push_back(&module);
    }
  }
  if (found.size() != 1) {
    std::vector<std::string> names;
    for (const Module& module : modules_) {
      names.push_back(module.prefix);
    }
    fail(layer,
         fmt::format("needs the module {}, the file has {}", in_quotes(prefix), listed(names, 10)));
  }
  if (const std::string problem = problem_of_fit(layer, *found[0]); !problem.empty()) {
    fail(layer, fmt::format("does not fit the module {}: {}", in_quotes(prefix), problem));
  }
  return *found[0];
}

Module& StateReader::find_fitting(const ChainLayer& layer) {
  std::vector<Module*> fitting;
  std::string problem = "there is no module left";
  const std::string name = layer.path.substr(layer.path.rfind('/') + 1);
  for (Module& module : modules_) {
    const bool spent =
        module.tensors.empty() || std::all_of(module.tensors.begin(),
                                              module.tensors.end(),
                                              [&](const auto& t) { return used_[t.second]; });
    if (spent) {
      continue;
    }
    const std::string reason = problem_of_fit(layer, module);
    const bool called_so = module.prefix == name || module.prefix.ends_with('.' + name);
    if (!reason.empty()) {
      problem = fmt::format("module {} {}", in_quotes(module.prefix), reason);
    } else if (module.begun() || called_so) {
      return module;
    } else {
      fitting.push_back(&module);
    }
  }
  if (fitting.empty()) {
    fail(layer, "fits no module: " + problem);
  }
  if (fitting.size() > 1) {
    std::vector<std::string> names;
    for (const Module* const module : fitting) {
      names.push_back(module->prefix);
    }
    if (!state_.in_order) {
      fail(
          layer,
          fmt::format("may be any of {}: say which (modules), the order of this file tells nothing",
                      listed(names, 10)));
    }
    state_.notes.push_back(
        fmt::format("layer {} took the first of the modules {}: name them "
                    "(modules) if that is wrong",
                    in_quotes(layer.path),
                    listed(names, 10)));
  }
  return *fitting[0];
}

void StateReader::read_layer(const ChainLayer& layer,
                             Module& module,
                             std::vector<StoredWeight>& weights) {
  const std::size_t first = weights.size();
  if (layer.is_recurrent()) {
    read_direction(layer, module, false, weights);
    if (layer.class_name == "Bidirectional") {
      read_direction(layer, module, true, weights);
    }
    ++module.taken_layers;
    const std::size_t units = option(layer.direction(false), "units", std::size_t{0});
    features_ = layer.class_name == "Bidirectional" ? 2 * units : units;
  } else if (layer.class_name == "Dense") {
    const StoredWeight& matrix = take(layer, module, "weight");
    features_ = matrix.shape[0];
    weights.push_back(StoredWeight::of<float>(
        matrix.name,
        read_gates(matrix.values<float>().data(), {0}, matrix.shape[1], matrix.shape[0]).view()));
    if (layer.num_weights() == 2) {
      weights.push_back(take(layer, module, "bias"));
    }
  } else if (layer.class_name == "Embedding") {
    weights.push_back(take(layer, module, "weight"));
    features_ = weights.back().shape[1];
  } else {
    if (option(layer.options, "scale", true)) {
      weights.push_back(take(layer, module, "weight"));
    }
    if (option(layer.options, "center", true)) {
      weights.push_back(take(layer, module, "bias"));
    }
    features_ = weights.back().shape.rank() == 1 ? weights.back().shape[0] : 0;
  }
  if (first == 0 && inputs_.is_null()) {
    inputs_ = layer.class_name == "Embedding"            ? Json{nullptr, nullptr}
              : layer.class_name == "LayerNormalization" ? Json{nullptr, *features_}
                                                         : Json{nullptr, weights.front().shape[0]};
  }
}

void StateReader::read_direction(const ChainLayer& layer,
                                 const Module& module,
                                 bool reverse,
                                 std::vector<StoredWeight>& weights) {
  const std::string suffix = suffix_of(module.taken_layers, reverse);
  const GateOrder order = torch_order(layer.cell_class());
  const StoredWeight& input = take(layer, module, "weight_ih" + suffix);
  const StoredWeight& recurrent = take(layer, module, "weight_hh" + suffix);
  const std::size_t units = option(layer.direction(reverse), "units", std::size_t{0});
  const Shape wanted{order.size() * units, units};
  if (recurrent.shape != wanted || input.shape.rank() != 2 || input.shape[0] != wanted[0]) {
    fail(layer,
         fmt::format("needs {} rows: {} has shape {}, {} has {}",
                     wanted[0],
                     in_quotes(input.name),
                     to_string(input.shape),
                     in_quotes(recurrent.name),
                     to_string(recurrent.shape)));
  }
  weights.push_back(StoredWeight::of<float>(
      input.name, read_gates(input.values<float>().data(), order, input.shape[1], units).view()));
  weights.push_back(StoredWeight::of<float>(
      recurrent.name, read_gates(recurrent.values<float>().data(), order, units, units).view()));
  if (option(layer.direction(reverse), "use_bias", true)) {
    weights.push_back(StoredWeight::of<float>(module.name_of("bias_ih" + suffix),
                                              read_bias(layer, module, suffix, units).view()));
  }
}

/// A GRU keeps both biases, the others add them.
Tensor<float> StateReader::read_bias(const ChainLayer& layer,
                                     const Module& module,
                                     const std::string& suffix,
                                     std::size_t units) {
  const GateOrder order = torch_order(layer.cell_class());
  const std::size_t columns = order.size() * units;
  std::array<Tensor<float>, 2> rows;
  for (std::size_t i = 0; i < 2; ++i) {
    const StoredWeight& bias = take(layer, module, (i == 0 ? "bias_ih" : "bias_hh") + suffix);
    if (bias.shape != Shape{columns}) {
      fail(layer,
           fmt::format("needs {} values in {}, which has shape {}",
                       columns,
                       in_quotes(bias.name),
                       to_string(bias.shape)));
    }
    rows[i] = read_gates(bias.values<float>().data(), order, 1, units);
  }
  if (layer.cell_class() == "GRU") {
    Tensor<float> both({2, columns});
    std::copy_n(rows[0].data(), columns, both.data());
    std::copy_n(rows[1].data(), columns, both.data() + columns);
    return both;
  }
  Tensor<float> sum({columns});
  std::transform(
      rows[0].data(), rows[0].data() + columns, rows[1].data(), sum.data(), std::plus<>());
  return sum;
}

const StoredWeight& StateReader::take(const ChainLayer& layer,
                                      const Module& module,
                                      const std::string& name) {
  const auto found = module.tensors.find(name);
  if (found == module.tensors.end()) {
    fail(layer, fmt::format("needs {}, which is missing", in_quotes(module.name_of(name))));
  }
  used_[found->second] = true;
  return state_.tensors[found->second];
}

void StateReader::check_nothing_left(std::size_t given, std::size_t needed) const {
  if (given > needed) {
    fail(fmt::format("{} modules are given for {} layers with weights", given, needed));
  }
  for (std::size_t i = 0; i < used_.size(); ++i) {
    if (!used_[i]) {
      fail(fmt::format("tensor {} is used by no layer", in_quotes(state_.tensors[i].name)));
    }
  }
}

/// The config with the shape of the inputs, if it does not say one.
Json with_inputs(Json config, const Chain& chain, Json inputs) {
  if (!chain.input_shape.is_null() || inputs.is_null()) {
    return config;
  }
  const bool sequences = std::any_of(
      chain.layers.begin(), chain.layers.end(), [](const auto& l) { return l.is_recurrent(); });
  if (sequences && inputs.size() == 2 && !inputs[1].is_null()) {
    inputs.insert(inputs.begin() + 1, nullptr);
  }
  config["config"]["batch_input_shape"] = std::move(inputs);
  return config;
}

/// Whether the last tensor of the model still has the axis of time.
bool ends_with_sequences(const Chain& chain) {
  for (auto layer = chain.layers.rbegin(); layer != chain.layers.rend(); ++layer) {
    if (layer->is_recurrent()) {
      return option(layer->direction(false), "return_sequences", false);
    }
  }
  return true;
}

}  // namespace

StoredModel model_of_state(const ModelSource& file,
                           std::string_view format,
                           TorchState state,
                           const ReadModelOptions& options) {
  StoredModel model{.format = std::string(format), .producer = "PyTorch"};
  if (options.architecture.empty()) {
    model.weights = std::move(state.tensors);
    model.notes = std::move(state.notes);
    model.notes.emplace_back("a state_dict has no layers: give the model's (architecture)");
    return model;
  }
  std::string problem;
  TorchModules modules{.config = parse_json(options.architecture, 200, &problem),
                       .prefixes = options.modules};
  if (modules.config.is_discarded()) {
    refuse_file(format, file.path, "the architecture " + problem);
  }
  if (modules.config.is_object() && modules.config.contains("modules")) {
    modules.config = Json(modules.config["modules"]);
  }
  if (modules.config.is_array()) {
    modules = modules_from_json(file, format, modules.config);
  }
  Chain chain;
  try {
    chain = chain_of(format, modules.config);
  } catch (const ArgumentError& error) {
    refuse_file(format, file.path, error.what());
  }
  StateReader reader(file, format, state);
  try {
    model.weights = reader.read(chain, modules.prefixes);
  } catch (const Json::exception& error) {
    refuse_file(format, file.path, fmt::format("the architecture is wrong: {}", error.what()));
  }
  model.config = to_text(with_inputs(std::move(modules.config), chain, reader.inputs()));
  model.notes = std::move(state.notes);
  if (modules.time_first) {
    model.input.axes = {1, 0, 2};
    if (ends_with_sequences(chain)) {
      model.output.axes = {1, 0, 2};
    }
  }
  return model;
}

}  // namespace rondo::detail
