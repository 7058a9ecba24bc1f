/// What all optimizers share (D19): options, the order of a step, and state that files can read.
/// A new optimizer is a formula in `update`; optim/README.md has the checklist.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rondo/core/parameter.hpp"
#include "rondo/core/variable.hpp"
#include "rondo/layers/config.hpp"
#include "rondo/optim/schedule.hpp"

namespace rondo {

/// Calls visit(name, members...) with the members of one or more options structs for each option
/// that all optimizers have; see common_options.inc.
template <class Visitor, class... Options>
void for_each_common_option(Visitor& visit, Options&... o) {
  visit("weight_decay", o.weight_decay...);
#define RONDO_OPTION(type, name, value) visit(#name, o.name...);
#include "rondo/optim/common_options.inc"
  if constexpr ((requires { o.decoupled_weight_decay; } && ...)) {
    visit("decoupled_weight_decay", o.decoupled_weight_decay...);
  }
}

/// The options that every optimizer has (D69), whose defaults may differ. Each options struct has
/// them as members of its own, `learning_rate` first, and a function `for_each_option` that lists
/// all of its members: it calls visit(name, members...) with those of one or more structs.
struct OptimizerOptions {
  /// A number, or a schedule: one of optim/schedule.hpp or a function of your own.
  LearningRate learning_rate = 0.0;
  /// Each weight loses this share of itself, times the learning rate, before the update
  /// ("decoupled": Loshchilov and Hutter 2019, arXiv:1711.05101).
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  /// If not, weight_decay · w is added to the clipped gradient instead (an L2 penalty, as in
  /// PyTorch's SGD, RMSprop, Adam, …).
  bool decoupled_weight_decay = true;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    for_each_common_option(visit, o...);
  }
};

template <class Options>
[[nodiscard]] OptimizerOptions common_options(const Options& options) {
  OptimizerOptions result{.learning_rate = options.learning_rate};
  const auto copy = [](const char*, const auto& from, auto& to) { to = from; };
  for_each_common_option(copy, options, result);
  return result;
}

namespace detail {

/// Writes an optimizer's options one by one.
class OptionWriter {
 public:
  explicit OptionWriter(Config& options) : options_(options) {}

  void operator()(const char* name, bool value);
  void operator()(const char* name, double value);
  void operator()(const char* name, std::size_t value);
  void operator()(const char* name, const std::optional<double>& value);
  void operator()(const char* name, const std::optional<std::size_t>& value);
  void operator()(const char* name, const std::vector<std::string>& value);
  void operator()(const char* name, const LearningRate& value);

 private:
  Config& options_;
};

}  // namespace detail

/// A parameter's gradient as an update rule sees it: clipped while it is read, never written.
template <Real T>
class ClippedGradient {
 public:
  ClippedGradient(const T* values, T scale, T bound)
      : values_(values), scale_(scale), bound_(bound) {}

  T operator[](std::size_t i) const { return std::clamp(scale_ * values_[i], -bound_, bound_); }

 private:
  const T* values_;
  T scale_;
  T bound_;  // infinite if nothing is cut
};

/// One parameter in one step. All arrays have the parameter's elements.
template <Real T>
struct ParameterUpdate {
  TensorView<T> weights;
  ClippedGradient<T> gradient;
  /// In the order of `add_state`.
  std::span<const TensorView<T>> state;
  double rate;
  /// 1 in the first step that changes weights.
  std::uint64_t step;
};

/// A part of an optimizer's state under its name in files.
template <Real T>
struct OptimizerState {
  std::string name;
  TensorView<T> values;
};

template <Real T>
class Optimizer {
 public:
  using value_type = T;

  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// Takes the parameters, which must outlive the optimizer, and allocates all state.
  /// @throws StateError     if it was built before, or there are no parameters
  /// @throws ArgumentError  if two parameters have one path, or an exclusion fits none
  void build(std::vector<Parameter<T>*> parameters);

  [[nodiscard]] bool built() const { return !slots_.empty(); }

  /// What `build` was given.
  [[nodiscard]] std::vector<Parameter<T>*> parameters() const;

  /// Parameters whose path contains one of these texts get no weight decay: `{"bias"}`.
  /// @throws StateError if the optimizer is built already
  void exclude_from_weight_decay(std::vector<std::string> texts);

  /// Before each pass: gradients add up otherwise.
  void zero_grad();

  /// The loss times loss_scale_factor, for `backward`; the same loss if there is none.
  [[nodiscard]] Variable<T> scale_loss(const Variable<T>& loss) const;

  /// Changes every trainable parameter that has a gradient: accumulate, clip, decay, update,
  /// average, constraint. Does not touch the heap.
  /// @throws StateError     if no parameter has a gradient, with require_all if one has none, or
  ///                        while the averages are swapped in
  /// @throws ArgumentError  if the schedule gives a rate that is not finite or negative
  void step();

  /// The rate of the next step.
  [[nodiscard]] double learning_rate() const { return options_.learning_rate.at(iterations_); }

  /// @throws StateError if the rate follows a schedule
  void set_learning_rate(double rate);

  [[nodiscard]] bool has_schedule() const { return options_.learning_rate.is_schedule(); }

  /// Calls of `step` so far; a schedule counts them.
  [[nodiscard]] std::uint64_t iterations() const { return iterations_; }

  /// Those that changed weights: iterations / gradient_accumulation_steps.
  [[nodiscard]] std::uint64_t updates() const {
    return iterations_ / options_.gradient_accumulation_steps.value_or(1);
  }

  /// For files: continues as after so many steps.
  void set_iterations(std::uint64_t iterations) { iterations_ = iterations; }

  /// `Adam`
  [[nodiscard]] const std::string& type_name() const { return type_name_; }

  /// Exchanges weights and averages, for an evaluation; the next call exchanges them back.
  /// @throws StateError without use_ema, or before the first step
  void swap_averages();

  /// At the end of a training with use_ema: the weights become their averages. Without use_ema, or
  /// before the first step, nothing happens.
  /// @throws StateError while the averages are swapped in
  void finalize();

  /// Class and options under Keras' names: what `make_optimizer` takes. A schedule of one's own is
  /// written as `{"class_name": "function"}`, which it refuses.
  [[nodiscard]] virtual Config config() const;

  /// `optimizer/adam/m/gru/gru_cell/kernel`, … in a fixed order. The views stay valid. With these
  /// slots, the averages (`average`), gradients not used yet (`gradient_accumulator`) and
  /// `iterations` a run continues bit by bit.
  /// @throws StateError if the optimizer is not built, or while the averages are swapped in
  [[nodiscard]] std::vector<OptimizerState<T>> state();

 protected:
  /// @throws ArgumentError for options out of range, or more than one kind of clipping
  Optimizer(std::string type_name, OptimizerOptions options);

  Optimizer(Optimizer&&) noexcept = default;
  Optimizer& operator=(Optimizer&&) noexcept = default;

  /// Calls `add_state` for what `update` keeps beside each parameter.
  virtual void create_state(const Parameter<T>&) {}

  void add_state(std::string name, const Shape& shape, double initial_value = 0.0);
  void add_state(std::string name, TensorView<const T> initial_values);

  /// Calls `add_shared_state` for numbers that all parameters share.
  virtual void create_shared_state() {}

  void add_shared_state(std::string name, double initial_value);

  /// In the order of `add_shared_state`.
  [[nodiscard]] T& shared_state(std::size_t i) { return shared_.views[i][0]; }

  /// Of a parameter that is not excluded.
  [[nodiscard]] virtual std::optional<double> weight_decay_of(const Parameter<T>&) const {
    return options_.weight_decay;
  }

  /// Before anything is changed in a step that changes weights, and the place for errors: the rate
  /// and the number of the step, 1 for the first one.
  virtual void begin_update(double /*rate*/, std::uint64_t /*step*/) {}

  /// The formula. Numbers of the whole step are computed in double, elements in T.
  virtual void update(const ParameterUpdate<T>& update) = 0;

  /// Shows all options to the writer of `config`.
  virtual void write_options(detail::OptionWriter writer) const {
    OptimizerOptions::for_each_option(writer, options_);
  }

 private:
  struct State {
    std::vector<std::string> names;
    std::vector<Tensor<T>> tensors;
    std::vector<TensorView<T>> views;

    void add(std::string name, Tensor<T> values);
  };

  struct Slot {
    Parameter<T>* parameter;
    std::optional<double> weight_decay;
    State state;
    // Empty unless the options ask for them.
    Tensor<T> accumulator;
    Tensor<T> average;

    [[nodiscard]] bool active() const { return parameter->trainable && parameter->has_grad(); }
  };

  /// What a step begins with: a gradient is `values` · `unit`.
  struct Source {
    TensorView<const T> values;
    double unit;
  };

  void check_built() const;
  void check_not_swapped(const char* method) const;
  void add_slot(Parameter<T>& parameter);
  void check_parameters(const std::vector<Parameter<T>*>& parameters) const;
  void check_gradients() const;
  [[nodiscard]] double checked_rate() const;
  [[nodiscard]] bool is_update_step() const;
  [[nodiscard]] Source source_of(const Slot& slot) const;
  [[nodiscard]] double global_scale() const;
  [[nodiscard]] ClippedGradient<T> clipped(const Slot& slot, double scale) const;
  ClippedGradient<T> with_penalty(const Slot& slot, const ClippedGradient<T>& gradient);
  void accumulate();
  void update_parameters(double rate);
  void update_slot(Slot& slot, double rate, double scale);
  void average_weights();
  void overwrite_weights();

  std::string type_name_;
  OptimizerOptions options_;
  std::vector<std::string> not_decayed_;
  std::vector<Slot> slots_;
  State shared_;
  Tensor<T> penalised_;  // a gradient with its penalty, of the size of the largest parameter
  std::uint64_t iterations_ = 0;
  bool swapped_ = false;
};

/// An optimizer that keeps its options and shows them all to `config`.
template <Real T, class Options>
class OptimizerWith : public Optimizer<T> {
 public:
  using OptionsType = Options;

 protected:
  OptimizerWith(std::string type_name, Options options)
      : Optimizer<T>(std::move(type_name), common_options(options)), options_(std::move(options)) {}

  void write_options(detail::OptionWriter writer) const override {
    Options::for_each_option(writer, options_);
  }

  Options options_;
};

}  // namespace rondo
