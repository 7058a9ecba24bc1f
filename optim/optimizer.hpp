/// What all optimizers share (D19): options, the order of a step, and state that files can read.
/// A new optimizer is a formula in `update`; optim/README.md has the checklist.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/parameter.hpp"
#include "rondo/optim/schedule.hpp"

namespace rondo {

/// The options that every optimizer has. Designated initialisers cannot name members of a base, so
/// each options struct repeats them (`learning_rate` first, the others after its own) and
/// `common_options` collects them; only their defaults differ.
struct OptimizerOptions {
  /// A number, or a schedule: one of optim/schedule.hpp or a function of your own.
  LearningRate learning_rate = 0.0;
  /// Each weight loses this share of itself, times the learning rate, before the update
  /// ("decoupled": Loshchilov and Hutter 2019, arXiv:1711.05101).
  std::optional<double> weight_decay = {};
  /// The gradient of each parameter is shortened to at most this norm.
  std::optional<double> clipnorm = {};
  /// Each element of a gradient is cut to [−clipvalue, clipvalue].
  std::optional<double> clipvalue = {};
  /// All gradients, taken as one vector, are shortened to at most this norm (Pascanu et al. 2013,
  /// arXiv:1211.5063). Only one of the three may be given.
  std::optional<double> global_clipnorm = {};
  /// A trainable parameter without a gradient is an error; otherwise it stays as it is.
  bool require_all = false;
};

template <class Options>
[[nodiscard]] OptimizerOptions common_options(const Options& options) {
  return {.learning_rate = options.learning_rate,
          .weight_decay = options.weight_decay,
          .clipnorm = options.clipnorm,
          .clipvalue = options.clipvalue,
          .global_clipnorm = options.global_clipnorm,
          .require_all = options.require_all};
}

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
  /// 1 in the first step.
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

  /// Parameters whose path contains one of these texts get no weight decay: `{"bias"}`.
  /// @throws StateError if the optimizer is built already
  void exclude_from_weight_decay(std::vector<std::string> texts);

  /// Before each pass: gradients add up otherwise.
  void zero_grad();

  /// Changes every trainable parameter that has a gradient: clip, decay, update, constraint.
  /// Does not touch the heap.
  /// @throws StateError     if no parameter has a gradient, with require_all if one has none
  /// @throws ArgumentError  if the schedule gives a rate that is not finite or negative
  void step();

  /// The rate of the next step.
  [[nodiscard]] double learning_rate() const { return options_.learning_rate.at(iterations_); }

  /// @throws StateError if the rate follows a schedule
  void set_learning_rate(double rate);

  [[nodiscard]] bool has_schedule() const { return options_.learning_rate.is_schedule(); }

  /// Steps made so far.
  [[nodiscard]] std::uint64_t iterations() const { return iterations_; }

  /// For files: continues as after so many steps.
  void set_iterations(std::uint64_t iterations) { iterations_ = iterations; }

  /// `Adam`
  [[nodiscard]] const std::string& type_name() const { return type_name_; }

  /// `optimizer/adam/m/gru/gru_cell/kernel`, … in a fixed order. The views stay valid.
  /// @throws StateError if the optimizer is not built
  [[nodiscard]] std::vector<OptimizerState<T>> state();

 protected:
  /// @throws ArgumentError for options out of range, or more than one kind of clipping
  Optimizer(std::string type_name, OptimizerOptions options);

  Optimizer(Optimizer&&) noexcept = default;
  Optimizer& operator=(Optimizer&&) noexcept = default;

  /// Calls `add_state` for what `update` keeps beside each parameter.
  virtual void create_state(const Parameter<T>&) {}

  void add_state(std::string name, const Shape& shape, double initial_value = 0.0);

  /// The formula. Numbers of the whole step are computed in double, elements in T.
  virtual void update(const ParameterUpdate<T>& update) = 0;

 private:
  struct Slot {
    Parameter<T>* parameter;
    bool decays;
    std::vector<std::string> names;
    std::vector<Tensor<T>> tensors;
    std::vector<TensorView<T>> views;

    [[nodiscard]] bool active() const { return parameter->trainable && parameter->has_grad(); }
  };

  void check_built() const;
  void check_parameters(const std::vector<Parameter<T>*>& parameters) const;
  void check_gradients() const;
  [[nodiscard]] double checked_rate() const;
  [[nodiscard]] double global_scale() const;
  void update_slot(const Slot& slot, double rate, double scale);

  std::string type_name_;
  OptimizerOptions options_;
  std::vector<std::string> not_decayed_;
  std::vector<Slot> slots_;
  std::uint64_t iterations_ = 0;
};

}  // namespace rondo
