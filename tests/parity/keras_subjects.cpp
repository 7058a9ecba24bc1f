#include <fmt/format.h>

#include "rondo/tests/parity/keras_options.hpp"
#include "rondo/tests/parity/subjects.hpp"

namespace rondo::parity {

namespace {

template <Real T>
class StepSubject : public Subject<T> {
 public:
  explicit StepSubject(std::unique_ptr<Cell<T>> cell) : cell_(std::move(cell)) {
    this->cells_ = {cell_.get()};
  }

  void build(const Shape& input_shape) override { cell_->build(input_shape.erase(0)); }

  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    return flat(cell_->run(x, options));
  }

 private:
  std::unique_ptr<Cell<T>> cell_;
};

template <Real T>
class LoopSubject : public Subject<T> {
 public:
  LoopSubject(std::unique_ptr<RNN<T>> rnn) : rnn_(std::move(rnn)) {
    if (const auto* stack = dynamic_cast<const StackedRNNCells<T>*>(&rnn_->cell())) {
      this->cells_ = stack->cells();
    } else {
      this->cells_ = {&rnn_->cell()};
    }
  }

  void build(const Shape& input_shape) override {
    rnn_->build(input_shape.erase(rnn_->loop_options().time_major ? 1 : 0));
  }

  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    return flat(rnn_->run(x, options));
  }

 private:
  std::unique_ptr<RNN<T>> rnn_;
};

template <Real T>
class BidirectionalSubject : public Subject<T> {
 public:
  BidirectionalSubject(const GRUOptions& gru, const BidirectionalOptions& options)
      : layer_(GRU<T>(gru), options),
        merged_(options.merge_mode != MergeMode::none),
        time_major_(gru.time_major) {
    this->cells_ = {&layer_.forward_layer().cell(), &layer_.backward_layer().cell()};
  }

  void build(const Shape& input_shape) override {
    layer_.build(input_shape.erase(time_major_ ? 1 : 0));
  }

  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    const auto both = layer_.run_both(x, options);
    std::vector<Variable<T>> all{both.forward.output, both.backward.output};
    if (merged_) {
      all = {layer_.merge(both)};
    }
    for (const auto& half : {both.forward, both.backward}) {
      all.insert(all.end(), half.states.begin(), half.states.end());
    }
    return all;
  }

 private:
  Bidirectional<T> layer_;
  bool merged_;
  bool time_major_;
};

template <Real T>
std::unique_ptr<Cell<T>> make_cell(const std::string& kind, const Json& options, Dialect dialect) {
  if (kind.starts_with("v1")) {
    return std::make_unique<V1GRUCell<T>>(v1_cell_options(options));
  }
  return std::make_unique<GRUCell<T>>(gru_cell_options(options, dialect));
}

template <Real T>
std::unique_ptr<RNN<T>> make_stack(const Json& options, Dialect dialect) {
  std::vector<std::unique_ptr<Cell<T>>> cells;
  for (const Json& entry : options.at("cells")) {
    cells.push_back(std::make_unique<GRUCell<T>>(gru_cell_options(entry, dialect)));
  }
  const StackOptions read = stack_options(options, dialect);
  return std::make_unique<RNN<T>>(
      std::make_unique<StackedRNNCells<T>>(std::move(cells), read.cells), read.loop);
}

}  // namespace

template <Real T>
std::unique_ptr<Subject<T>> make_keras_subject(const Json& test_case, UseFused path) {
  const std::string kind = test_case.at("kind");
  const Json& options = test_case.at("options");
  Dialect dialect = dialect_of(test_case.at("system"), kind);
  dialect.use_fused = path;
  if (kind == "gru_cell" || kind == "v1_cell" || kind == "tfjs_cell") {
    return std::make_unique<StepSubject<T>>(make_cell<T>(kind, options, dialect));
  }
  if (kind == "gru" || kind == "gru_losses" || kind == "tfjs_gru") {
    return std::make_unique<LoopSubject<T>>(
        std::make_unique<GRU<T>>(gru_options(options, dialect)));
  }
  if (kind == "bidirectional") {
    const auto [gru, merge] = bidirectional_options(options, dialect);
    return std::make_unique<BidirectionalSubject<T>>(gru, merge);
  }
  if (kind == "stacked" || kind == "tfjs_stack") {
    return std::make_unique<LoopSubject<T>>(make_stack<T>(options, dialect));
  }
  const auto [cell, loop] = split_loop(options, dialect);
  return std::make_unique<LoopSubject<T>>(
      std::make_unique<RNN<T>>(make_cell<T>(kind, cell, dialect), loop));
}

template std::unique_ptr<Subject<float>> make_keras_subject(const Json&, UseFused);
template std::unique_ptr<Subject<double>> make_keras_subject(const Json&, UseFused);

}  // namespace rondo::parity
