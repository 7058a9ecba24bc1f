#include "rondo/layers/layer.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"

namespace rondo {

std::string snake_case(const std::string& class_name) {
  const auto is_upper = [&](std::size_t i) {
    return std::isupper(static_cast<unsigned char>(class_name[i])) != 0;
  };
  std::string result;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    // A word begins at a capital after a small letter, or before one: GRU|Cell, Stacked|RNN|Cells.
    const bool next_is_small = i + 1 < class_name.size() &&
                               std::islower(static_cast<unsigned char>(class_name[i + 1])) != 0;
    if (i > 0 && is_upper(i) && (!is_upper(i - 1) || next_is_small)) {
      result += '_';
    }
    result += to_lower(class_name[i]);
  }
  return result;
}

namespace {

/// Finds out calls of one layer at the same time. Two of them that begin within the same
/// nanoseconds are missed: loads and stores cost nothing, an exchange would.
class CallScope {
 public:
  CallScope(bool& in_call, const std::string& layer) : in_call_(in_call) {
    if (in_call_.load(std::memory_order_relaxed)) {
      throw_state_error(layer.empty() ? "model" : layer,  // a root without a name
                        "called while another call of it runs: a layer belongs to one thread, "
                        "give each thread its clone()");
    }
    in_call_.store(true, std::memory_order_relaxed);
  }

  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  ~CallScope() { in_call_.store(false, std::memory_order_relaxed); }

 private:
  std::atomic_ref<bool> in_call_;
};

}  // namespace

template <Real T>
Variable<T> Layer<T>::operator()(const Variable<T>& inputs, const CallOptions<T>& options) {
  const CallScope guard(in_call_, path_);
  if (!options.extra_inputs.empty() || !extra_shapes_.empty()) {
    take_extra_inputs(options.extra_inputs);
  }
  prepare(inputs);
  const auto part = scope(inputs.tape());
  return call(inputs, options);
}

template <Real T>
void Layer<T>::check_extra_inputs(std::size_t count) const {
  if (count > 0 && !takes_extra_inputs()) {
    throw_argument_error(op_name(),
                         fmt::format("takes one input, got {} extra_inputs beside it: make the "
                                     "layers a Model, whose function joins them",
                                     count));
  }
  if (built_ && count != extra_shapes_.size()) {
    throw_argument_error(op_name(),
                         fmt::format("was built for {} extra_inputs beside its inputs, got {}",
                                     extra_shapes_.size(),
                                     count));
  }
}

template <Real T>
void Layer<T>::take_extra_inputs(std::span<const Variable<T>> extra_inputs) {
  check_extra_inputs(extra_inputs.size());
  if (!built_) {
    extra_shapes_.clear();
    for (const Variable<T>& input : extra_inputs) {
      extra_shapes_.push_back(input.shape().erase(0));
    }
  }
}

template <Real T>
typename Tape<T>::Scope Layer<T>::scope(Tape<T>& tape) const {
  if (scope_name_ == nullptr || path_.empty()) {
    return {};
  }
  return {tape, scope_name_->c_str(), TapeScope::none};
}

template <Real T>
typename Tape<T>::Scope Layer<T>::scope_unless_called(Tape<T>& tape) const {
  if (in_call_) {
    return {};
  }
  return scope(tape);
}

template <Real T>
void Layer<T>::declare_inputs(DeclaredInputs declaration) {
  if (built_) {
    throw_state_error(path_, "declare_inputs: the layer is built already");
  }
  declared_ = std::move(declaration);
}

template <Real T>
bool Layer<T>::independent_samples() const {
  return std::all_of(children_.begin(), children_.end(), [](const auto& child) {
    return child->independent_samples();
  });
}

template <Real T>
void Layer<T>::prepare(const Variable<T>& inputs) {
  if (inputs.shape().rank() == 0) {
    throw_shape_error(op_name(), "inputs need a batch axis", {{"inputs", inputs.shape()}});
  }
  if (!built_) {
    build(sample_shape_of(inputs.shape()));
  }
  record_penalties(inputs.tape());
}

template <Real T>
template <class Use>
void Layer<T>::each_weight_penalty(Tape<T>& tape, Use use) const {
  for (const Weight& weight : weights_) {
    if (weight.regularizer && weight.parameter->trainable) {
      use(weight.regularizer(tape.parameter(*weight.parameter)));
    }
  }
}

template <Real T>
void Layer<T>::record_penalties(Tape<T>& tape) {
  if (penalized_pass_ == tape.pass()) {
    return;
  }
  penalized_pass_ = tape.pass();
  each_weight_penalty(tape, [&](const Variable<T>& penalty) { tape.add_loss(penalty); });
  for (const auto& child : children_) {
    child->record_penalties(tape);
  }
}

template <Real T>
std::vector<Variable<T>> Layer<T>::weight_penalties(Tape<T>& tape) const {
  std::vector<Variable<T>> penalties;
  each_weight_penalty(tape, [&](const Variable<T>& penalty) { penalties.push_back(penalty); });
  return penalties;
}

template <Real T>
void Layer<T>::record_activity(const Regularizer& regularizer,
                               const Variable<T>& output,
                               std::size_t batch) {
  if (regularizer) {
    output.tape().add_loss(regularizer(output) * static_cast<T>(1.0 / static_cast<double>(batch)));
  }
}

template <Real T>
void Layer<T>::check_batch(const Shape& inputs) const {
  const std::size_t sample_size = sample_shape_of(inputs).size();
  if (inputs.size() != *declared_.batch_size * sample_size) {
    throw_shape_error(
        path_,
        fmt::format(
            "expected a batch of {}, found {}", *declared_.batch_size, inputs.size() / sample_size),
        {{"inputs", inputs}});
  }
}

template <Real T>
void Layer<T>::check_inputs(const Variable<T>& inputs, std::size_t rank) const {
  const Shape& shape = inputs.shape();
  if (shape.rank() != rank) {
    throw_shape_error(path_,
                      fmt::format("expected inputs of rank {}, found rank {}", rank, shape.rank()),
                      {{"inputs", shape}});
  }
  if (shape.back() != sample_shape_.back()) {
    throw_shape_error(
        path_,
        fmt::format(
            "expected inputs with {} features, found {}", sample_shape_.back(), shape.back()),
        {{"inputs", shape}});
  }
  if (declared_.batch_size) {
    check_batch(shape);
  }
}

template <Real T>
Rng Layer<T>::random_stream(const std::string& name) const {
  return Rng(seed_).derive(path_ + '/' + name);
}

template <Real T>
void Layer<T>::throw_not_built() const {
  const std::string& known = path_.empty() ? name_ : path_;
  throw_state_error(known.empty() ? snake_case(type_name()) : known,
                    "not built: call build(sample_shape) or the layer itself first");
}

template <Real T>
std::vector<Parameter<T>*> Layer<T>::weights() const {
  std::vector<Parameter<T>*> result;
  collect_weights(result);
  return result;
}

template <Real T>
void Layer<T>::collect_weights(std::vector<Parameter<T>*>& result) const {
  if (!built_) {
    throw_not_built();
  }
  for (const Weight& weight : weights_) {
    if (weight.owned || std::find(result.begin(), result.end(), weight.parameter) == result.end()) {
      result.push_back(weight.parameter);
    }
  }
  for (const auto& child : children_) {
    child->collect_weights(result);
  }
}

template <Real T>
std::size_t Layer<T>::count_parameters() const {
  std::size_t count = 0;
  for (const Parameter<T>* parameter : weights()) {
    count += parameter->shape().size();
  }
  return count;
}

template <Real T>
std::vector<Tensor<T>> Layer<T>::get_weights() const {
  std::vector<Tensor<T>> values;
  for (const Parameter<T>* parameter : weights()) {
    values.push_back(Tensor<T>::copy_of(parameter->value()));
  }
  return values;
}

template <Real T>
void Layer<T>::set_weights(std::span<const Tensor<T>> values) {
  const auto parameters = weights();
  const std::string op = path_.empty() ? type_name() : path_;
  if (values.size() != parameters.size()) {
    throw_argument_error(
        op,
        fmt::format(
            "set_weights: expected {} tensor(s), found {}", parameters.size(), values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {  // all of them, before the first is assigned
    if (values[i].shape() != parameters[i]->shape()) {
      throw_shape_error(op,
                        fmt::format("set_weights: '{}' has another shape", parameters[i]->path()),
                        {{"expected", parameters[i]->shape()}, {"found", values[i].shape()}});
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    parameters[i]->assign(values[i]);
  }
}

template <Real T>
void Layer<T>::set_trainable(bool trainable) {
  trainable_ = trainable;
  for (const Weight& weight : weights_) {
    weight.parameter->trainable = trainable;
  }
  for (const auto& child : children_) {
    child->set_trainable(trainable);
  }
}

template <Real T>
void Layer<T>::reset_states() {
  reset_state();
  for (const auto& child : children_) {
    child->reset_states();
  }
}

template <Real T>
void Layer<T>::visit_states(StateVisitor<T>& visitor) {
  visit_state(visitor);
  for (const auto& child : children_) {
    child->visit_states(visitor);
  }
}

template <Real T>
Config Layer<T>::config() const {
  Config result{{"class_name", type_name()},
                {"config",
                 {{"name", name_.empty() ? snake_case(type_name()) : name_},
                  {"trainable", trainable_},
                  {"dtype", std::is_same_v<T, float> ? "float32" : "float64"}}}};
  if (!declared_.sample_shape.empty()) {
    result["config"]["batch_input_shape"] =
        parse_json(shape_json(declared_.sample_shape, declared_.batch_size));
  }
  return result;
}

template class Layer<float>;
template class Layer<double>;

}  // namespace rondo
