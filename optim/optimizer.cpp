#include "rondo/optim/optimizer.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/check_options.hpp"

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

/// In double, since a sum of squares of float gradients may exceed float. Eight sums that do not
/// wait for one another become vectors.
template <Real T>
double sum_of_squares(TensorView<const T> values) {
  std::array<double, 8> sums{};
  const auto square = [&](std::size_t i) {
    const auto value = static_cast<double>(values[i]);
    return value * value;
  };
  std::size_t i = 0;
  for (; i + sums.size() <= values.size(); i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) {
      sums[lane] += square(i + lane);
    }
  }
  for (; i < values.size(); ++i) {
    sums[0] += square(i);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// What shortens a vector of this norm to the limit; NaN for NaN.
double shorten(double norm, double limit) {
  return norm <= limit ? 1.0 : limit / norm;
}

}  // namespace

template <Real T>
Optimizer<T>::Optimizer(std::string type_name, OptimizerOptions options)
    : type_name_(std::move(type_name)), options_(std::move(options)) {
  check_options(type_name_, options_);
}

template <Real T>
void Optimizer<T>::check_built() const {
  if (!built()) {
    throw_state_error(type_name_, "not built: call build(model.weights()) first");
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
    const auto is_excluded = [&](const std::string& text) {
      return parameter->path().find(text) != std::string::npos;
    };
    const bool decays = std::none_of(not_decayed_.begin(), not_decayed_.end(), is_excluded);
    slots_.push_back({parameter, decays, {}, {}, {}});
    create_state(*parameter);
  }
}

template <Real T>
void Optimizer<T>::add_state(std::string name, const Shape& shape, double initial_value) {
  Slot& slot = slots_.back();
  slot.names.push_back(std::move(name));
  slot.tensors.push_back(Tensor<T>::full(shape, static_cast<T>(initial_value)));
  slot.views.push_back(slot.tensors.back().view());
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
                      "step: no trainable parameter has a gradient: call backward before it");
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

/// As in Keras, a norm that is not finite makes all weights NaN.
template <Real T>
double Optimizer<T>::global_scale() const {
  if (!options_.global_clipnorm) {
    return 1.0;
  }
  double sum = 0.0;
  for (const Slot& slot : slots_) {
    if (slot.active()) {
      sum += sum_of_squares<T>(slot.parameter->grad());
    }
  }
  return std::isfinite(sum) ? shorten(std::sqrt(sum), *options_.global_clipnorm)
                            : std::numeric_limits<double>::quiet_NaN();
}

template <Real T>
void Optimizer<T>::update_slot(const Slot& slot, double rate, double scale) {
  const auto gradient = std::as_const(*slot.parameter).grad();
  if (options_.clipnorm) {
    scale = shorten(std::sqrt(sum_of_squares<T>(gradient)), *options_.clipnorm);
  }
  const double bound = options_.clipvalue.value_or(std::numeric_limits<double>::infinity());
  const TensorView<T> weights = slot.parameter->mutable_value();
  if (options_.weight_decay && slot.decays) {
    const auto share = static_cast<T>(*options_.weight_decay * rate);
    for (T& weight : weights) {
      weight -= weight * share;
    }
  }
  update({.weights = weights,
          .gradient = {gradient.data(), static_cast<T>(scale), static_cast<T>(bound)},
          .state = slot.views,
          .rate = rate,
          .step = iterations_ + 1});
}

template <Real T>
void Optimizer<T>::step() {
  check_built();
  check_gradients();
  const double rate = checked_rate();
  const double scale = global_scale();
  for (const Slot& slot : slots_) {
    if (slot.active()) {
      update_slot(slot, rate, scale);
    }
  }
  for (const Slot& slot : slots_) {
    if (slot.active() && slot.parameter->constraint) {
      slot.parameter->constraint(slot.parameter->mutable_value());
    }
  }
  ++iterations_;
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
std::vector<OptimizerState<T>> Optimizer<T>::state() {
  check_built();
  std::string prefix = "optimizer/";
  for (const char c : type_name_) {
    prefix += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  std::vector<OptimizerState<T>> result;
  for (const Slot& slot : slots_) {
    for (std::size_t i = 0; i < slot.names.size(); ++i) {
      result.push_back(
          {fmt::format("{}/{}/{}", prefix, slot.names[i], slot.parameter->path()), slot.views[i]});
    }
  }
  return result;
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace rondo
