// How a layer gets its name, its weights and its children.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

template <Real T>
void Layer<T>::build(const Shape& sample_shape, std::uint64_t seed) {
  if (!attached_) {
    path_ = name_.empty() || root_name().empty() ? root_name() : name_;
    name_ = name_.empty() ? root_name() : name_;
    seed_ = seed;
    attached_ = true;
  }
  build_here(sample_shape);
}

template <Real T>
void Layer<T>::build_for(std::span<const Shape> sample_shapes, std::uint64_t seed) {
  if (sample_shapes.empty()) {
    throw_argument_error(op_name(), "build_for: there is no shape");
  }
  if (!built_) {
    check_extra_inputs(sample_shapes.size() - 1);
    extra_shapes_.assign(sample_shapes.begin() + 1, sample_shapes.end());
  }
  build(sample_shapes[0], seed);
}

template <Real T>
void Layer<T>::build(const Shape& sample_shape, const WeightSource<T>& source) {
  source_ = &source;
  build(sample_shape);
}

/// The source of weights serves one build only, however it ends.
template <Real T>
void Layer<T>::forget_source() {
  source_ = nullptr;
  for (const auto& child : children_) {
    child->source_ = nullptr;
  }
}

template <Real T>
void Layer<T>::build_here(const Shape& sample_shape) {
  if (built_) {
    forget_source();
    throw_state_error(path_, "build: the layer is built already");
  }
  try {
    build_parts(sample_shape);
  } catch (...) {
    built_ = false;
    forget_source();
    throw;
  }
  forget_source();
}

template <Real T>
void Layer<T>::build_parts(const Shape& sample_shape) {
  check_declared(sample_shape);
  sample_shape_ = sample_shape;
  scope_name_ = std::make_unique<const std::string>(name_);
  weights_.clear();  // of an attempt that failed
  name_children();
  create_weights(sample_shape);
  name_children();  // of those that create_weights added
  built_ = true;
  const auto unbuilt = [](const auto& child) { return !child->built_; };
  if (std::any_of(children_.begin(), children_.end(), unbuilt)) {
    trial_call();
  }
  if (source_ == nullptr) {
    assign_initial_weights();
  }
}

template <Real T>
void Layer<T>::check_declared(const Shape& sample_shape) const {
  if (!fits(sample_shape, declared_.sample_shape)) {
    throw_shape_error(path_,
                      fmt::format("inputs are declared as {}, found {}",
                                  shape_json(declared_.sample_shape, declared_.batch_size),
                                  shape_json(sample_shape)));
  }
}

template <Real T>
void Layer<T>::assign_initial_weights() {
  if (initial_weights_.empty()) {
    return;
  }
  std::vector<Tensor<T>> values;
  for (const Tensor<double>& given : initial_weights_) {
    values.emplace_back(given.shape());
    std::transform(
        given.data(), given.data() + given.size(), values.back().data(), [](double value) {
          return static_cast<T>(value);
        });
  }
  set_weights(values);
}

template <Real T>
void Layer<T>::name_children() {
  std::set<std::string> taken;
  for (const auto& child : children_) {  // given names first: the others make way for them
    if (!child->name_.empty() && !taken.insert(child->name_).second) {
      throw_argument_error(op_name(), fmt::format("two layers are named '{}'", child->name_));
    }
  }
  std::map<std::string, int> next;  // by class: a model may have thousands of layers
  for (const auto& child : children_) {
    const std::string base = snake_case(child->type_name());
    while (child->name_.empty()) {
      const int i = next[base]++;
      const std::string name = i == 0 ? base : fmt::format("{}_{}", base, i);
      if (taken.insert(name).second) {
        child->name_ = name;
      }
    }
    if (!child->attached_) {
      const std::string& name = child->name_;
      child->path_ = path_.empty() ? name : path_ + '/' + name;
      child->seed_ = seed_;
      child->attached_ = true;
    }
  }
}

template <Real T>
void Layer<T>::trial_call() {
  for (const auto& child : children_) {
    child->source_ = source_;
  }
  Tape<T> tape({.recording = false});
  const auto zeros = [&](const Shape& shape) {
    return tape.constant(Tensor<T>::zeros(shape.insert(0, declared().batch_size.value_or(1))));
  };
  std::vector<Variable<T>> extra_inputs;
  for (const Shape& shape : extra_shapes_) {
    extra_inputs.push_back(zeros(shape));
  }
  call(zeros(sample_shape_), {.extra_inputs = extra_inputs});
  reset_states();
}

template <Real T>
void Layer<T>::build_child(Layer& child, const Shape& sample_shape) {
  if (!child.attached_) {
    name_children();
  }
  if (!child.built_) {
    child.source_ = source_;
    child.build_here(sample_shape);
  }
}

template <Real T>
Tensor<T> Layer<T>::first_value(const std::string& path, const WeightSpec<T>& spec) const {
  if (source_ != nullptr) {
    Tensor<T> value = (*source_)(path, spec.shape);
    if (value.shape() != spec.shape) {
      throw_shape_error(path,
                        "the source of weights gave another shape",
                        {{"expected", spec.shape}, {"found", value.shape()}});
    }
    return value;
  }
  Tensor<T> value;
  try {
    value = Tensor<T>::zeros(spec.shape);
  } catch (const ArgumentError& error) {
    throw_argument_error(path, error.what());
  }
  if (spec.initializer) {
    Rng rng = Rng(seed_).derive(path);
    spec.initializer(value.view(), rng);
  }
  return value;
}

template <Real T>
std::unique_ptr<Parameter<T>> Layer<T>::make_weight(const WeightSpec<T>& spec) const {
  std::string path = path_.empty() ? spec.name : path_ + '/' + spec.name;
  for (const std::size_t dim : spec.shape) {
    if (dim == 0) {
      throw_argument_error(
          path, fmt::format("a weight of shape {} has no values", to_string(spec.shape)));
    }
  }
  if (spec.constraint) {
    spec.constraint.check_shape(path, spec.shape);
  }
  Tensor<T> value = first_value(path, spec);
  auto parameter = std::make_unique<Parameter<T>>(std::move(path), std::move(value));
  parameter->trainable = trainable_;
  if (spec.constraint) {
    parameter->constraint = spec.constraint.template get<T>();
  }
  return parameter;
}

template <Real T>
Parameter<T>& Layer<T>::add_weight(const WeightSpec<T>& spec) {
  auto weight = make_weight(spec);
  Parameter<T>& parameter = share_weight(*weight, spec.regularizer);
  weights_.back().owned = std::move(weight);
  return parameter;
}

template <Real T>
Parameter<T>& Layer<T>::share_weight(Parameter<T>& weight, const Regularizer& regularizer) {
  weights_.push_back({&weight, nullptr, regularizer});
  return weight;
}

template <Real T>
void Layer<T>::build_from_declared(std::uint64_t seed) {
  const PartialShape& declaration = declared().sample_shape;
  if (declaration.empty() ||
      std::find(declaration.begin(), declaration.end(), std::nullopt) != declaration.end()) {
    throw_state_error(type_name(),
                      "build_from_declared: no input_shape without open sizes is declared");
  }
  Shape shape;
  for (const auto& size : declaration) {
    shape.append(*size);
  }
  build(shape, seed);
}

template <Real T>
void Layer<T>::build_from_declared(const WeightSource<T>& source) {
  source_ = &source;
  build_from_declared();
}

#define RONDO_INSTANTIATE(T)                                                                \
  template void Layer<T>::build(const Shape&, std::uint64_t);                               \
  template void Layer<T>::build_for(std::span<const Shape>, std::uint64_t);                 \
  template void Layer<T>::build(const Shape&, const WeightSource<T>&);                      \
  template void Layer<T>::build_from_declared(std::uint64_t);                               \
  template void Layer<T>::build_from_declared(const WeightSource<T>&);                      \
  template void Layer<T>::build_child(Layer<T>&, const Shape&);                             \
  template std::unique_ptr<Parameter<T>> Layer<T>::make_weight(const WeightSpec<T>&) const; \
  template Parameter<T>& Layer<T>::add_weight(const WeightSpec<T>&);                        \
  template Parameter<T>& Layer<T>::share_weight(Parameter<T>&, const Regularizer&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
