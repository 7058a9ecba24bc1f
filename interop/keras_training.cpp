#include "rondo/interop/detail/keras_training.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/optim/make_optimizer.hpp"

namespace rondo::detail {

namespace {

/// Slots that Keras makes together: for each weight one after another.
using Group = std::vector<std::string>;

bool is_set(const Config& options, const char* key) {
  const Config value = options.value(key, Config());
  return value == true || (value.is_number() && value != 0.0);
}

/// The groups of an optimizer by rondo's names, in Keras' order; nothing for one whose state is not
/// moved.
std::optional<std::vector<Group>> groups_of(const std::string& type, const Config& options) {
  if (is_set(options, "use_ema") || is_set(options, "gradient_accumulation_steps")) {
    return std::nullopt;
  }
  if (type == "SGD") {
    return is_set(options, "momentum") ? std::vector<Group>{{"momentum"}} : std::vector<Group>{};
  }
  if (type == "Adam" || type == "AdamW") {
    std::vector<Group> groups{{"m", "v"}};
    if (is_set(options, "amsgrad")) {
      groups.push_back({"v_hat"});
    }
    return groups;
  }
  if (type == "RMSprop") {
    std::vector<Group> groups{{"velocity"}};
    if (is_set(options, "momentum")) {
      groups.push_back({"momentum"});
    }
    if (is_set(options, "centered")) {
      groups.push_back({"average_gradient"});
    }
    return groups;
  }
  static const std::map<std::string, Group> others{
      {"Adadelta", {"accumulated_grad", "accumulated_delta_var"}},
      {"Adagrad", {"accumulator"}},
      {"Adamax", {"m", "u"}},
      {"Ftrl", {"accumulator", "linear"}},
      {"Lamb", {"m", "v"}},
      {"Lion", {"m"}},
      {"ScheduleFreeAdamW", {"z", "v"}}};
  const auto found = others.find(type);
  return found == others.end() ? std::nullopt : std::optional(std::vector<Group>{found->second});
}

/// `m/0`, `v/0`, `m/1`, … for the weights that Keras trains, in the order of its variables.
std::vector<std::string> slots_of(const std::vector<Group>& groups,
                                  const std::vector<WeightPlace>& places) {
  std::vector<std::string> slots;
  for (const Group& group : groups) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (const std::string& name : group) {
        if (places[i].trainable) {
          slots.push_back(fmt::format("{}/{}", name, i));
        }
      }
    }
  }
  return slots;
}

/// Takes away the options that Keras does not have. @return one that is not at its default
std::string only_rondo(Config& optimizer) {
  constexpr std::array known{"name",
                             "learning_rate",
                             "weight_decay",
                             "clipnorm",
                             "clipvalue",
                             "global_clipnorm",
                             "use_ema",
                             "ema_momentum",
                             "ema_overwrite_frequency",
                             "loss_scale_factor",
                             "gradient_accumulation_steps",
                             "momentum",
                             "nesterov",
                             "rho",
                             "epsilon",
                             "centered",
                             "beta_1",
                             "beta_2",
                             "amsgrad",
                             "initial_accumulator_value",
                             "learning_rate_power",
                             "l1_regularization_strength",
                             "l2_regularization_strength",
                             "l2_shrinkage_regularization_strength",
                             "beta",
                             "warmup_steps"};
  const Config by_default = make_optimizer<float>(text_in(optimizer, "class_name"))->config();
  Config kept = Config::object();
  for (const auto& [key, value] : optimizer["config"].items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) {
      kept[key] = value;
    } else if (value != by_default["config"].value(key, Config())) {
      return key;
    }
  }
  optimizer["config"] = std::move(kept);
  return {};
}

std::string variable(std::size_t i) {
  return fmt::format("optimizer/vars/{}", i);
}

std::size_t count_variables(const HdfReader& reader) {
  std::size_t count = 0;
  while (reader.has_dataset(variable(count))) {
    ++count;
  }
  return count;
}

/// Its state, if the numbers of variables agree. @return what is lacking, for a note
std::string read_state(const HdfReader& reader,
                       const std::vector<WeightPlace>& places,
                       const std::string& type,
                       Config& optimizer,
                       StoredTraining& training) {
  const std::size_t count = count_variables(reader);
  const auto groups = groups_of(type, optimizer["config"]);
  if (count == 0) {
    return {};  // never trained
  }
  if (!groups) {
    return fmt::format("the state of {}", type);
  }
  const auto slots = slots_of(*groups, places);
  const bool has_rate = count == slots.size() + 2;  // none if it follows a schedule
  if (!has_rate && count != slots.size() + 1) {
    return fmt::format("the state of {}: {} variables, expected {}", type, count, slots.size() + 2);
  }
  std::vector<StoredWeight> state;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    state.push_back(reader.read(variable(i + (has_rate ? 2 : 1))));
    state.back().name = slots[i];
  }
  const double iterations = reader.read(variable(0)).values<double>().data()[0];
  if (!(iterations >= 0.0) || iterations > 9e15) {
    return fmt::format("the state of {}: {} iterations", type, iterations);
  }
  training.iterations = static_cast<std::uint64_t>(iterations);
  training.state = std::move(state);
  if (has_rate && optimizer["config"].value("learning_rate", Config()).is_number()) {
    optimizer["config"]["learning_rate"] = reader.read(variable(1)).values<double>().data()[0];
  }
  return {};
}

}  // namespace

void read_keras_training(const Config& compile,
                         const HdfReader& reader,
                         const std::vector<WeightPlace>& places,
                         StoredModel& model) {
  if (!compile.is_object() || !compile.contains("optimizer")) {
    return;
  }
  Config optimizer = compile["optimizer"];
  if (optimizer.is_string()) {
    optimizer = {{"class_name", optimizer}, {"config", Config::object()}};
  }
  const std::string type = text_in(optimizer, "class_name");
  StoredTraining training;
  try {
    for (const char* const key : {"jit_compile", "is_legacy_optimizer"}) {  // Keras 2
      if (optimizer.contains("config") && optimizer["config"].is_object()) {
        optimizer["config"].erase(key);
      }
    }
    static_cast<void>(make_optimizer<float>(optimizer));
    const std::string lacking = read_state(reader, places, type, optimizer, training);
    if (!lacking.empty()) {
      model.notes.push_back("left out: " + lacking);
    }
    training.optimizer = to_text(optimizer);
  } catch (const ArgumentError& error) {
    model.notes.push_back(
        fmt::format("left out: optimizer {}: {}", in_quotes(type), shortened(error.what(), 200)));
    return;
  }
  const Config loss = compile.value("loss", Config());
  training.loss = loss.is_null() ? "" : to_text(loss);
  if (!compile.value("metrics", Config()).is_null()) {
    model.notes.push_back("left out: metrics " + to_short_text(compile["metrics"]));
  }
  model.training = std::move(training);
}

Config write_keras_training(const StoredTraining& training,
                            const std::vector<WeightPlace>& places,
                            HdfWriter& writer,
                            std::vector<std::string>& notes) {
  Config optimizer = parse_json(training.optimizer);
  const std::string type = text_in(optimizer, "class_name");
  const auto groups = groups_of(type, optimizer["config"]);
  const Config rate = optimizer["config"].value("learning_rate", Config());
  const std::string other = only_rondo(optimizer);
  if (!groups || type == "Lamb" || !rate.is_number() || !other.empty()) {
    notes.push_back(fmt::format("left out: optimizer {} and its state{}",
                                in_quotes(type),
                                other.empty() ? "" : ", Keras has no " + other));
    return nullptr;
  }
  writer.integer(variable(0), static_cast<std::int64_t>(training.iterations));
  const auto value = static_cast<float>(rate.get<double>());
  writer.dataset(variable(1),
                 StoredWeight::of<float>("", TensorView<const float>(&value, Shape{})));
  std::size_t next = 2;
  for (const std::string& slot : slots_of(*groups, places)) {
    const auto found = std::find_if(training.state.begin(),
                                    training.state.end(),
                                    [&](const StoredWeight& w) { return w.name == slot; });
    if (found == training.state.end()) {
      throw_argument_error("keras",
                           fmt::format("the optimizer's state has no {}", in_quotes(slot)));
    }
    writer.dataset(variable(next++), *found);
  }
  return {{"optimizer",
           {{"module", "keras.optimizers"},
            {"class_name", type},
            {"config", optimizer["config"]},
            {"registered_name", nullptr}}},
          {"loss", training.loss.empty() ? Config() : parse_json(training.loss)},
          {"loss_weights", nullptr},
          {"metrics", nullptr},
          {"weighted_metrics", nullptr},
          {"run_eagerly", false},
          {"steps_per_execution", 1},
          {"jit_compile", false}};
}

}  // namespace rondo::detail
