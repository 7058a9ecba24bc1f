#include "rondo/layers/recurrent/v1_gru_cell.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

template <Real T>
V1GRUCell<T>::V1GRUCell(V1GRUCellOptions options) : V1GRUCell<T>::LayerWith(std::move(options)) {
  check_units("V1GRUCell", "num_units", options_.num_units);
  if (!options_.dtype.empty()) {
    check_dtype<T>("V1GRUCell", options_.dtype);
  }
  if (options_.reuse.value_or(false) && options_.variables == nullptr) {
    throw_argument_error("V1GRUCell", "reuse = true needs variables, the store that has them");
  }
  if (!options_.activation) {
    options_.activation = "tanh";
  }
  if (options_.activation.can_be_fused()) {
    next_state_ = Formula::of<3>([this](auto... x) { return next_state(x...); });
  }
}

/// z ∘ h + (1 − z) ∘ c of what the gates and the candidate see.
template <Real T>
template <class X>
X V1GRUCell<T>::next_state(X z, X c, X h) const {
  const X update = sigmoid(z);
  return update * h + (1 - update) * options_.activation(c);
}

template <Real T>
typename V1GRUCell<T>::Specs V1GRUCell<T>::variable_specs(std::size_t features) const {
  const std::size_t units = options_.num_units;
  const std::size_t rows = features + units;
  if (rows < features) {
    throw_argument_error(this->path(),
                         fmt::format("{} features and {} units overflow 64 bits", features, units));
  }
  const auto spec = [&](const char* name,
                        const Shape& shape,
                        const Initializer& given,
                        const char* otherwise) -> WeightSpec<T> {
    return {.name = name,
            .shape = shape,
            .initializer = given ? given : Initializer(otherwise),
            .regularizer = options_.regularizer};
  };
  return {spec("gates/kernel", {rows, 2 * units}, options_.kernel_initializer, "glorot_uniform"),
          spec("gates/bias", {2 * units}, options_.bias_initializer, "ones"),
          spec("candidate/kernel", {rows, units}, options_.kernel_initializer, "glorot_uniform"),
          spec("candidate/bias", {units}, options_.bias_initializer, "zeros")};
}

template <Real T>
void V1GRUCell<T>::check_scope(const Specs& specs) const {
  for (const WeightSpec<T>& spec : specs) {
    const std::string path = this->path() + '/' + spec.name;
    const Parameter<T>* const found = options_.variables->template find<T>(path);
    if (found == nullptr && options_.reuse.value_or(false)) {
      throw_argument_error("V1GRUCell", fmt::format("reuse: there is no variable '{}' yet", path));
    }
    if (found != nullptr && !options_.reuse.value_or(false)) {
      throw_argument_error(
          "V1GRUCell",
          fmt::format("variable '{}' exists already: set reuse = true to share it", path));
    }
    if (found != nullptr && found->shape() != spec.shape) {
      throw_shape_error("V1GRUCell",
                        fmt::format("reuse: variable '{}' has another shape", path),
                        {{"expected", spec.shape}, {"found", found->shape()}});
    }
  }
}

template <Real T>
void V1GRUCell<T>::check_sample(const Shape& sample_shape) const {
  if (sample_shape.rank() != 1) {
    throw_shape_error(this->op_name(),
                      "expected inputs [N, features], found " + shape_with_batch(sample_shape));
  }
}

template <Real T>
Shape V1GRUCell<T>::output_shape(const Shape& sample_shape) const {
  check_sample(sample_shape);
  return Cell<T>::output_shape(sample_shape);
}

template <Real T>
void V1GRUCell<T>::create_weights(const Shape& sample_shape) {
  check_sample(sample_shape);
  if (sample_shape[0] == 0) {
    throw_shape_error(
        this->path(),
        "the last axis of the inputs must be known, found " + shape_with_batch(sample_shape));
  }
  const Specs specs = variable_specs(sample_shape[0]);
  VariableStore* const store = options_.variables;
  if (store != nullptr) {
    check_scope(specs);
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (store == nullptr) {
      variables_[i] = &this->add_weight(specs[i]);
    } else if (options_.reuse.value_or(false)) {
      variables_[i] =
          &this->share_weight(*store->template find<T>(this->path() + '/' + specs[i].name), {});
    } else {
      variables_[i] =
          &this->share_weight(store->add(this->make_weight(specs[i])), specs[i].regularizer);
    }
  }
}

template <Real T>
RecurrentOutput<T> V1GRUCell<T>::step(const Variable<T>& inputs,
                                      std::span<const Variable<T>> states,
                                      const CallOptions<T>&) {
  if (!this->built()) {
    this->prepare(inputs);
  }
  this->check_inputs(inputs, 2);
  const std::array shapes{Shape{options_.num_units}};
  check_states<T>(this->path(), inputs.shape()[0], states, shapes);
  Tape<T>& tape = inputs.tape();
  const Variable<T>& h = states[0];
  const auto product = [&](const Variable<T>& state, std::size_t kernel) {
    return affine(concat({inputs, state}),
                  tape.parameter(*variables_[kernel]),
                  tape.parameter(*variables_[kernel + 1]));
  };
  const auto gates = parts<2>(product(h, 0));
  const auto reset = fuse([](auto r, auto state) { return sigmoid(r) * state; }, gates[0], h);
  const auto next = tape.template array<Variable<T>>(1);
  next[0] = next_state_.template run<T>([this](auto... x) { return next_state(x...); },
                                        {gates[1], product(reset, 2), h});
  this->record_activity_of(options_.activity_regularizer, inputs, next[0]);
  return {next[0], next};
}

template class V1GRUCell<float>;
template class V1GRUCell<double>;

}  // namespace rondo
