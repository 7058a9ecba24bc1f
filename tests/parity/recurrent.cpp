#include "rondo/tests/parity/recurrent.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "rondo/tests/parity/subject.hpp"

namespace rondo::parity {

namespace {

/// A list of arrays under one name: a single array stands for a list of one.
std::vector<Json> to_list(const Json& value, std::size_t rank) {
  if (value.is_null()) {
    return {};
  }
  std::size_t depth = 0;
  for (const Json* v = &value; v->is_array() && !v->empty(); v = &v->front()) {
    ++depth;
  }
  return depth == rank ? std::vector<Json>{value} : value.get<std::vector<Json>>();
}

/// The name of a weight inside its cell: `kernel`, `gates/kernel`.
template <Real T>
std::string name_in_cell(const Parameter<T>& parameter, const Cell<T>& cell) {
  return parameter.path().substr(cell.path().size() + 1);
}

template <Real T>
void assign(Parameter<T>& parameter, const Tensor<double>& values) {
  Tensor<T> converted(values.shape());
  std::transform(values.view().begin(), values.view().end(), converted.data(), [](double value) {
    return static_cast<T>(value);
  });
  parameter.assign(converted);
}

template <Real T>
void assign_weights(Subject<T>& subject, const Json& weights) {
  const std::vector<CellArrays> arrays = subject.arrays(weights);
  if (arrays.size() != subject.cells().size()) {
    throw CaseError(fmt::format(
        "weights of {} cells for a layer of {}", arrays.size(), subject.cells().size()));
  }
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    const Cell<T>& cell = *subject.cells()[k];
    const auto parameters = cell.weights();
    if (parameters.size() != arrays[k].size()) {
      throw CaseError(
          fmt::format("{} weights for a cell of {}", arrays[k].size(), parameters.size()));
    }
    for (Parameter<T>* parameter : parameters) {
      const auto found = arrays[k].find(name_in_cell(*parameter, cell));
      if (found == arrays[k].end()) {
        throw CaseError(fmt::format("weight {} is missing", parameter->path()));
      }
      assign(*parameter, found->second);
    }
  }
}

template <Real T>
void inject_masks(Subject<T>& subject, const Json& masks) {
  auto* cell =
      subject.cells().size() == 1 ? dynamic_cast<StandardCell<T>*>(subject.cells()[0]) : nullptr;
  if (cell == nullptr) {
    throw CaseError("dropout_masks are for a layer of one cell");
  }
  std::vector<Tensor<T>> tensors;
  const auto views = [&](const char* name) {
    std::vector<TensorView<const T>> result;
    for (const Json& mask : to_list(masks.value(name, Json()), 2)) {
      tensors.push_back(to_tensor<T>(mask));
      result.push_back(tensors.back().view());
    }
    return result;
  };
  const auto input = views("input");
  const auto recurrent = views("recurrent");
  cell->inject_dropout_masks(input, recurrent);
}

/// Arrays in the order of the layer's results: a list, or an output and its states.
std::vector<Json> in_order(const Json& arrays) {
  if (arrays.is_array()) {
    return arrays.get<std::vector<Json>>();
  }
  if (arrays.contains("outputs")) {
    return arrays.at("outputs").get<std::vector<Json>>();
  }
  std::vector<Json> result{arrays.value("output", Json())};
  for (const Json& state : to_list(arrays.value("state", Json()), 2)) {
    result.push_back(state);
  }
  return result;
}

/// Σ value·weight over the results, or the penalties if the case has no weights of the loss.
template <Real T>
Variable<T> loss_of(Tape<T>& tape, const Json& call, const std::vector<Variable<T>>& results) {
  Variable<T> loss;
  const auto add = [&](const Variable<T>& term) { loss = loss ? loss + term : term; };
  if (!call.contains("loss_weights")) {
    std::for_each(tape.losses().begin(), tape.losses().end(), add);
    return loss;
  }
  const auto weights = in_order(call.at("loss_weights"));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!weights[i].is_null()) {
      add(sum(results.at(i) * tape.constant(to_tensor<T>(weights[i]))));
    }
  }
  return loss;
}

template <Real T>
void compare_penalties(Tape<T>& tape, const Json& call, Comparison& comparison) {
  if (!call.contains("losses")) {
    return;
  }
  std::vector<T> found;
  for (const Variable<T>& penalty : tape.losses()) {
    found.push_back(penalty.item());
  }
  std::sort(found.begin(), found.end());
  auto expected = call.at("losses").get<std::vector<double>>();
  std::sort(expected.begin(), expected.end());
  comparison.values<T>(
      "penalties", TensorView<const T>(found.data(), Shape{found.size()}), expected);
}

template <Real T>
void compare_weight_gradients(const Subject<T>& subject, Json grads, Comparison& comparison) {
  grads.erase("x");
  grads.erase("initial_state");
  const std::vector<CellArrays> arrays = subject.arrays(grads.value("weights", grads));
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    const Cell<T>& cell = *subject.cells().at(k);
    std::size_t compared = 0;
    for (const Parameter<T>* parameter : cell.weights()) {
      const auto found = arrays[k].find(name_in_cell(*parameter, cell));
      if (found != arrays[k].end()) {
        comparison.gradient<T>(
            parameter->path(), parameter->shape(), parameter->grad(), found->second);
        ++compared;
      }
    }
    if (compared != arrays[k].size()) {
      throw CaseError("a gradient of a weight that the layer does not have");
    }
  }
}

template <Real T>
void compare_gradients(const Subject<T>& subject,
                       const Json& grads,
                       const Variable<T>& x,
                       std::span<const Variable<T>> initial,
                       Comparison& comparison) {
  if (const Json dx = grads.value("x", Json()); !dx.is_null()) {
    comparison.gradient<T>("x", x.shape(), x.grad(), to_tensor<double>(dx));
  }
  const auto states = to_list(grads.value("initial_state", Json()), 2);
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!states[i].is_null()) {
      const Variable<T>& state = initial[i];
      comparison.gradient<T>(
          "initial_state", state.shape(), state.grad(), to_tensor<double>(states[i]));
    }
  }
  compare_weight_gradients(subject, grads, comparison);
}

/// The mask of a call in the layout of x; ONNX gives lengths and is time-major.
Tensor<bool> mask_of(const Json& call, const Shape& x) {
  if (const Json mask = call.value("mask", Json()); !mask.is_null()) {
    return to_mask(mask);
  }
  const auto lengths = call.at("sequence_lens").get<std::vector<std::size_t>>();
  Tensor<bool> valid(Shape{x[0], lengths.size()});
  for (std::size_t step = 0; step < x[0]; ++step) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      valid.data()[step * lengths.size() + i] = step < lengths[i];
    }
  }
  return valid;
}

template <Real T>
void run_call(Subject<T>& subject, const Json& call, bool training, Comparison& comparison) {
  Tape<T> tape;
  for (const Cell<T>* cell : subject.cells()) {
    for (Parameter<T>* parameter : cell->weights()) {
      parameter->zero_grad();
    }
  }
  const auto x = tape.variable(to_tensor<T>(call.at("x")));
  std::vector<Variable<T>> initial;
  for (const Json& state : to_list(call.value("initial_state", Json()), 2)) {
    initial.push_back(tape.variable(to_tensor<T>(state)));
  }
  const bool masked =
      !call.value("mask", Json()).is_null() || !call.value("sequence_lens", Json()).is_null();
  const Tensor<bool> valid = masked ? mask_of(call, x.shape()) : Tensor<bool>();
  const auto results = subject.run(x,
                                   {.training = training,
                                    .mask = masked ? valid.view() : TensorView<const bool>{},
                                    .initial_state = initial});
  const auto expected = in_order(call);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    comparison.values<T>(fmt::format("result {}", i), results.at(i).value(), expected[i]);
  }
  compare_penalties(tape, call, comparison);
  if (call.value("loss", Json()).is_null()) {
    return;
  }
  const auto loss = loss_of(tape, call, results);
  comparison.values<T>("loss", loss.value(), call.at("loss"));
  if (const Json grads = call.value("grads", Json()); !grads.is_null()) {
    tape.backward(loss);
    compare_gradients<T>(subject, grads, x, initial, comparison);
  }
}

template <Real T>
void run_path(const Json& test_case, UseFused path, Comparison& comparison) {
  const auto subject = make_subject<T>(test_case, path);
  subject->build(to_tensor<T>(test_case.at("calls").at(0).at("x")).shape());
  assign_weights(*subject, test_case.at("weights"));
  const bool masks = test_case.contains("dropout_masks");
  if (masks) {
    inject_masks(*subject, test_case.at("dropout_masks"));
  }
  const bool training = test_case.value("training", masks);
  for (const Json& call : test_case.at("calls")) {
    run_call(*subject, call, training, comparison);
  }
}

}  // namespace

/// Both paths of a GRU layer; where there is none, the same twice.
template <Real T>
void run_recurrent(const Json& test_case, Comparison& comparison) {
  run_path<T>(test_case, UseFused::automatic, comparison);
  comparison.prefix("with use_fused = off ");
  run_path<T>(test_case, UseFused::off, comparison);
}

template void run_recurrent<float>(const Json&, Comparison&);
template void run_recurrent<double>(const Json&, Comparison&);

}  // namespace rondo::parity
