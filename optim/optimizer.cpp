#include "rondo/optim/optimizer.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/make_optimizer.hpp"

namespace rondo {

namespace {

void check_options(const std::string& type, const OptimizerOptions& options) {
  if (!options.learning_rate.is_schedule()) {
    detail::check_not_negative(type, "learning_rate", options.learning_rate.at(0));
  }
  if (options.weight_decay) {
    detail::check_not_negative(type, "weight_decay", *options.weight_decay);
  }
  std::string given;
  const auto check_clip = [&](const char* name, const std::optional<double>& limit) {
    if (limit) {
      detail::check_positive(type, name, *limit);
      if (!given.empty()) {
        throw_argument_error(type, fmt::format("{} and {} exclude one another", given, name));
      }
      given = name;
    }
  };
  check_clip("clipnorm", options.clipnorm);
  check_clip("clipvalue", options.clipvalue);
  check_clip("global_clipnorm", options.global_clipnorm);
}

void check_at_least(const std::string& type,
                    const char* name,
                    std::size_t least,
                    const std::optional<std::size_t>& value) {
  if (value && *value < least) {
    throw_argument_error(type, fmt::format("{} must be at least {}, got {}", name, least, *value));
  }
}

void check_step_options(const std::string& type, const OptimizerOptions& options) {
  detail::check_share(type, "ema_momentum", options.ema_momentum);
  check_at_least(type, "ema_overwrite_frequency", 1, options.ema_overwrite_frequency);
  if (options.ema_overwrite_frequency && !options.use_ema) {
    throw_argument_error(type, "ema_overwrite_frequency needs use_ema");
  }
  if (options.loss_scale_factor) {
    detail::check_positive(type, "loss_scale_factor", *options.loss_scale_factor);
  }
  check_at_least(type, "gradient_accumulation_steps", 2, options.gradient_accumulation_steps);
}

}  // namespace

namespace detail {

#define RONDO_WRITE(Value)                                       \
  void OptionWriter::operator()(const char* name, Value value) { \
    options_[name] = to_config(value);                           \
  }
RONDO_WRITE(bool)
RONDO_WRITE(double)
RONDO_WRITE(std::size_t)
RONDO_WRITE(const std::optional<double>&)
RONDO_WRITE(const std::optional<std::size_t>&)
RONDO_WRITE(const std::vector<std::string>&)
RONDO_WRITE(const LearningRate&)
#undef RONDO_WRITE

}  // namespace detail

template <Real T>
Optimizer<T>::Optimizer(std::string type_name, OptimizerOptions options)
    : type_name_(std::move(type_name)), options_(std::move(options)) {
  check_options(type_name_, options_);
  check_step_options(type_name_, options_);
}

template <Real T>
void Optimizer<T>::check_built() const {
  if (!built()) {
    throw_state_error(type_name_, "not built: call build(model.weights()) first");
  }
}

template <Real T>
void Optimizer<T>::check_not_swapped(const char* method) const {
  if (swapped_) {
    throw_state_error(type_name_,
                      fmt::format("{}: the weights are swapped with their averages: call "
                                  "swap_averages() first",
                                  method));
  }
}

template <Real T>
void Optimizer<T>::check_parameters(const std::vector<Parameter<T>*>& parameters) const {
  if (parameters.empty()) {
    throw_state_error(type_name_, "build: there are no parameters");
  }
  std::vector<std::string_view> paths;
  paths.reserve(parameters.size());
  for (const Parameter<T>* parameter : parameters) {
    paths.push_back(parameter->path());
  }
  std::sort(paths.begin(), paths.end());
  const auto twin = std::adjacent_find(paths.begin(), paths.end());
  if (twin != paths.end()) {
    throw_argument_error(type_name_,
                         fmt::format("build: two parameters have the path '{}'", *twin));
  }
  for (const std::string& text : not_decayed_) {
    const auto contains = [&](std::string_view path) { return path.find(text) != path.npos; };
    if (std::none_of(paths.begin(), paths.end(), contains)) {
      throw_argument_error(
          type_name_,
          fmt::format("build: no parameter is called '{}', which is to be excluded from weight "
                      "decay; there are {}",
                      text,
                      fmt::join(paths, ", ")));
    }
  }
}

template <Real T>
void Optimizer<T>::build(std::vector<Parameter<T>*> parameters) {
  if (built()) {
    throw_state_error(type_name_, "build: the optimizer is built already");
  }
  check_parameters(parameters);
  slots_.reserve(parameters.size());
  for (Parameter<T>* parameter : parameters) {
    add_slot(*parameter);
  }
  create_shared_state();
}

template <Real T>
std::vector<Parameter<T>*> Optimizer<T>::parameters() const {
  std::vector<Parameter<T>*> result;
  for (const Slot& slot : slots_) {
    result.push_back(slot.parameter);
  }
  return result;
}

template <Real T>
void Optimizer<T>::add_slot(Parameter<T>& parameter) {
  const auto is_excluded = [&](const std::string& text) {
    return parameter.path().find(text) != std::string::npos;
  };
  Slot& slot = slots_.emplace_back();
  slot.parameter = &parameter;
  if (std::none_of(not_decayed_.begin(), not_decayed_.end(), is_excluded)) {
    slot.weight_decay = weight_decay_of(parameter);
  }
  if (options_.gradient_accumulation_steps) {
    slot.accumulator = Tensor<T>::zeros(parameter.shape());
  }
  if (options_.use_ema) {
    slot.average = Tensor<T>::zeros(parameter.shape());
  }
  const std::size_t size = parameter.value().size();
  if (slot.weight_decay && !options_.decoupled_weight_decay && penalised_.size() < size) {
    penalised_ = Tensor<T>::zeros({size});
  }
  create_state(parameter);
}

template <Real T>
void Optimizer<T>::State::add(std::string name, Tensor<T> values) {
  names.push_back(std::move(name));
  tensors.push_back(std::move(values));
  views.push_back(tensors.back().view());
}

template <Real T>
void Optimizer<T>::add_state(std::string name, const Shape& shape, double initial_value) {
  slots_.back().state.add(std::move(name), Tensor<T>::full(shape, static_cast<T>(initial_value)));
}

template <Real T>
void Optimizer<T>::add_state(std::string name, TensorView<const T> initial_values) {
  slots_.back().state.add(std::move(name), Tensor<T>::copy_of(initial_values));
}

template <Real T>
void Optimizer<T>::add_shared_state(std::string name, double initial_value) {
  shared_.add(std::move(name), Tensor<T>::full(Shape{}, static_cast<T>(initial_value)));
}

template <Real T>
void Optimizer<T>::exclude_from_weight_decay(std::vector<std::string> texts) {
  if (built()) {
    throw_state_error(type_name_, "exclude_from_weight_decay: the optimizer is built already");
  }
  not_decayed_ = std::move(texts);
}

template <Real T>
void Optimizer<T>::zero_grad() {
  check_built();
  for (const Slot& slot : slots_) {
    slot.parameter->zero_grad();
  }
}

template <Real T>
void Optimizer<T>::check_gradients() const {
  if (std::none_of(slots_.begin(), slots_.end(), [](const Slot& s) { return s.active(); })) {
    throw_state_error(type_name_,
                      fmt::format("step: no trainable parameter has a gradient: call backward "
                                  "before it, for a model with the weights that the optimizer was "
                                  "built for ({}{})",
                                  slots_.front().parameter->path(),
                                  slots_.size() > 1 ? ", ..." : ""));
  }
  if (!options_.require_all) {
    return;
  }
  std::vector<std::string_view> missing;
  for (const Slot& slot : slots_) {
    if (slot.parameter->trainable && !slot.parameter->has_grad()) {
      missing.push_back(slot.parameter->path());
    }
  }
  if (!missing.empty()) {
    throw_state_error(type_name_,
                      fmt::format("step: require_all is set, without a gradient are {}",
                                  fmt::join(missing, ", ")));
  }
}

template <Real T>
double Optimizer<T>::checked_rate() const {
  const double rate = learning_rate();
  if (!(std::isfinite(rate) && rate >= 0.0)) {
    throw_argument_error(
        type_name_,
        fmt::format("the schedule gives the learning rate {} at step {}", rate, iterations_));
  }
  return rate;
}

template <Real T>
void Optimizer<T>::set_learning_rate(double rate) {
  if (has_schedule()) {
    throw_state_error(type_name_, "set_learning_rate: the rate follows a schedule");
  }
  detail::check_not_negative(type_name_, "learning_rate", rate);
  options_.learning_rate = rate;
}

template <Real T>
Config Optimizer<T>::config() const {
  Config result{{"class_name", type_name_}, {"config", Config::object()}};
  write_options(detail::OptionWriter(result["config"]));
  result["config"]["learning_rate"] = to_config(options_.learning_rate);  // as it is by now
  return result;
}

template <Real T>
std::vector<OptimizerState<T>> Optimizer<T>::state() {
  check_built();
  check_not_swapped("state");
  const std::string prefix = "optimizer/" + to_lower(type_name_);
  std::vector<OptimizerState<T>> result;
  for (std::size_t i = 0; i < shared_.names.size(); ++i) {
    result.push_back({fmt::format("{}/{}", prefix, shared_.names[i]), shared_.views[i]});
  }
  for (Slot& slot : slots_) {
    const auto add = [&](std::string_view name, TensorView<T> values) {
      result.push_back({fmt::format("{}/{}/{}", prefix, name, slot.parameter->path()), values});
    };
    for (std::size_t i = 0; i < slot.state.names.size(); ++i) {
      add(slot.state.names[i], slot.state.views[i]);
    }
    if (options_.gradient_accumulation_steps) {
      add("gradient_accumulator", slot.accumulator.view());
    }
    if (options_.use_ema) {
      add("average", slot.average.view());
    }
  }
  return result;
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace rondo
