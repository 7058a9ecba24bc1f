#include "rondo/tests/parity/recurrent.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "rondo/tests/parity/keras_options.hpp"

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

/// Output and states in one list.
template <Real T>
std::vector<Variable<T>> flat(const RecurrentOutput<T>& result) {
  std::vector<Variable<T>> all{result.output};
  all.insert(all.end(), result.states.begin(), result.states.end());
  return all;
}

/// Whatever a case is run through: `layer` is one of the three below it.
template <Real T>
struct Subject {
  std::unique_ptr<Layer<T>> layer;
  RNN<T>* rnn = nullptr;
  Cell<T>* cell = nullptr;
  Bidirectional<T>* bidirectional = nullptr;
  bool merged = true;  // the bidirectional layer has one output
  std::vector<GRUCell<T>*> gru_cells;

  /// What the layer returns: its output or outputs, then its states.
  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) {
    if (rnn != nullptr) {
      return flat(rnn->run(x, options));
    }
    if (cell != nullptr) {
      return flat(cell->step(x, options.initial_state, options));
    }
    const auto both = bidirectional->run_both(x, options);
    std::vector<Variable<T>> all{both.forward.output, both.backward.output};
    if (merged) {
      all = {bidirectional->merge(both)};
    }
    for (const auto& part : {both.forward, both.backward}) {
      all.insert(all.end(), part.states.begin(), part.states.end());
    }
    return all;
  }
};

template <Real T>
Subject<T> make_subject(const Json& test_case) {
  const std::string kind = test_case.at("kind");
  const Json& options = test_case.at("options");
  Subject<T> subject;
  if (kind == "gru" || kind == "gru_losses") {
    auto gru = std::make_unique<GRU<T>>(gru_options(options));
    subject.gru_cells = {&gru->cell()};
    subject.rnn = gru.get();
    subject.layer = std::move(gru);
  } else if (kind == "gru_cell") {
    auto cell = std::make_unique<GRUCell<T>>(gru_cell_options(options));
    subject.gru_cells = {cell.get()};
    subject.cell = cell.get();
    subject.layer = std::move(cell);
  } else if (kind == "bidirectional") {
    const auto [gru, merge] = bidirectional_options(options);
    auto layer = std::make_unique<Bidirectional<T>>(GRU<T>(gru), merge);
    subject.merged = merge.merge_mode != MergeMode::none;
    subject.bidirectional = layer.get();
    for (RNN<T>* half : {&layer->forward_layer(), &layer->backward_layer()}) {
      subject.gru_cells.push_back(static_cast<GRUCell<T>*>(&half->cell()));
    }
    subject.layer = std::move(layer);
  } else {
    std::unique_ptr<Cell<T>> cell;
    if (kind == "stacked") {
      std::vector<std::unique_ptr<Cell<T>>> cells;
      for (const Json& entry : options.at("cells")) {
        auto inner = std::make_unique<GRUCell<T>>(gru_cell_options(entry));
        subject.gru_cells.push_back(inner.get());
        cells.push_back(std::move(inner));
      }
      cell = std::make_unique<StackedRNNCells<T>>(std::move(cells));
    } else {
      auto inner = std::make_unique<GRUCell<T>>(cell_part(options));
      subject.gru_cells = {inner.get()};
      cell = std::move(inner);
    }
    auto rnn = std::make_unique<RNN<T>>(std::move(cell), loop_part(options, kind == "stacked"));
    subject.rnn = rnn.get();
    subject.layer = std::move(rnn);
  }
  return subject;
}

/// The last part of a path: `kernel`.
std::string short_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// One object of named arrays for each cell.
std::vector<Json> per_cell(const Json& weights) {
  if (weights.contains("forward")) {
    return {weights.at("forward"), weights.at("backward")};
  }
  return weights.is_array() ? weights.get<std::vector<Json>>() : std::vector<Json>{weights};
}

template <Real T>
void assign_weights(Subject<T>& subject, const Json& weights) {
  const std::vector<Json> cells = per_cell(weights);
  if (cells.size() != subject.gru_cells.size()) {
    throw CaseError(fmt::format(
        "weights of {} cells for a layer of {}", cells.size(), subject.gru_cells.size()));
  }
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const auto parameters = subject.gru_cells[k]->weights();
    if (parameters.size() != cells[k].size()) {
      throw CaseError(
          fmt::format("{} weights for a cell of {}", cells[k].size(), parameters.size()));
    }
    for (Parameter<T>* parameter : parameters) {
      parameter->assign(to_tensor<T>(cells[k].at(short_name(parameter->path()))));
    }
  }
}

template <Real T>
void inject_masks(Subject<T>& subject, const Json& masks) {
  std::vector<Tensor<T>> tensors;
  const auto views = [&](const char* name) {
    std::vector<TensorView<const T>> result;
    if (!masks.contains(name) || masks.at(name).is_null()) {
      return result;
    }
    for (const Json& mask : masks.at(name)) {
      tensors.push_back(to_tensor<T>(mask));
      result.push_back(tensors.back().view());
    }
    return result;
  };
  const auto input = views("input");
  const auto recurrent = views("recurrent");
  for (GRUCell<T>* cell : subject.gru_cells) {
    cell->inject_dropout_masks(input, recurrent);
  }
}

/// Σ value·weight, added to the loss so far.
template <Real T>
void add_weighted(Variable<T>& loss, const Variable<T>& value, const Json& weights) {
  const auto term = sum(value * value.tape().constant(to_tensor<T>(weights)));
  loss = loss ? loss + term : term;
}

/// Arrays in the order of the layer's results: a list, or an output and its states.
std::vector<Json> in_order(const Json& arrays,
                           const char* all,
                           const char* output,
                           const char* states) {
  if (arrays.is_array()) {
    return arrays.get<std::vector<Json>>();
  }
  if (arrays.contains(all)) {
    return arrays.at(all).get<std::vector<Json>>();
  }
  std::vector<Json> result{arrays.value(output, Json())};
  for (const Json& state : to_list(arrays.value(states, Json()), 2)) {
    result.push_back(state);
  }
  return result;
}

template <Real T>
Variable<T> loss_of(Tape<T>& tape, const Json& call, const std::vector<Variable<T>>& results) {
  Variable<T> loss;
  if (!call.contains("loss_weights")) {
    for (const Variable<T>& penalty : tape.losses()) {
      loss = loss ? loss + penalty : penalty;
    }
    return loss;
  }
  const auto weights = in_order(call.at("loss_weights"), "outputs", "output", "state");
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!weights[i].is_null()) {
      add_weighted(loss, results.at(i), weights[i]);
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
void compare_gradients(Subject<T>& subject,
                       const Json& grads,
                       const Variable<T>& x,
                       std::span<const Variable<T>> initial,
                       Comparison& comparison) {
  comparison.gradient<T>("x", x.shape(), x.grad(), grads.value("x", Json()));
  const auto states = to_list(grads.value("initial_state", Json()), 2);
  for (std::size_t i = 0; i < states.size() && i < initial.size(); ++i) {
    comparison.gradient<T>("initial_state", initial[i].shape(), initial[i].grad(), states[i]);
  }
  const std::vector<Json> cells = per_cell(grads.value("weights", grads));
  for (std::size_t k = 0; k < subject.gru_cells.size(); ++k) {
    for (const Parameter<T>* parameter : subject.gru_cells[k]->weights()) {
      const std::string name = short_name(parameter->path());
      comparison.gradient<T>(parameter->path(),
                             parameter->shape(),
                             parameter->grad(),
                             cells.at(k).value(name, Json()));
    }
  }
}

template <Real T>
void run_call(Subject<T>& subject, const Json& call, bool training, Comparison& comparison) {
  Tape<T> tape;
  for (Parameter<T>* parameter : subject.layer->weights()) {
    parameter->zero_grad();
  }
  const auto x = tape.variable(to_tensor<T>(call.at("x")));
  std::vector<Variable<T>> initial;
  for (const Json& state : to_list(call.value("initial_state", Json()), 2)) {
    initial.push_back(tape.variable(to_tensor<T>(state)));
  }
  const Json mask = call.value("mask", Json());
  const Tensor<bool> valid = mask.is_null() ? Tensor<bool>() : to_mask(mask);
  const auto results =
      subject.run(x,
                  {.training = training,
                   .mask = mask.is_null() ? TensorView<const bool>{} : valid.view(),
                   .initial_state = initial});
  const auto expected = in_order(call, "outputs", "output", "state");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    comparison.values<T>(fmt::format("result {}", i), results.at(i).value(), expected[i]);
  }
  compare_penalties(tape, call, comparison);
  const auto loss = loss_of(tape, call, results);
  comparison.values<T>("loss", loss.value(), call.at("loss"));
  if (call.contains("grads") && !call.at("grads").is_null()) {
    tape.backward(loss);
    compare_gradients<T>(subject, call.at("grads"), x, initial, comparison);
  }
}

}  // namespace

template <Real T>
void run_recurrent(const Json& test_case, Comparison& comparison) {
  if (test_case.at("system") != "keras") {
    throw CaseError(fmt::format("system '{}' is not supported: only keras is",
                                test_case.at("system").get<std::string>()));
  }
  Subject<T> subject = make_subject<T>(test_case);
  const Tensor<T> first = to_tensor<T>(test_case.at("calls").at(0).at("x"));
  subject.layer->build(first.shape().erase(0));
  assign_weights(subject, test_case.at("weights"));
  if (test_case.contains("dropout_masks")) {
    inject_masks(subject, test_case.at("dropout_masks"));
  }
  for (const Json& call : test_case.at("calls")) {
    run_call(subject, call, test_case.value("training", false), comparison);
  }
}

template void run_recurrent<float>(const Json&, Comparison&);
template void run_recurrent<double>(const Json&, Comparison&);

}  // namespace rondo::parity
