#include "rondo/optim/trainer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/distributed/agreement.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/detail/interrupt_guard.hpp"
#include "rondo/optim/detail/model_state.hpp"
#include "rondo/optim/detail/rank_facts.hpp"
#include "rondo/optim/detail/shards.hpp"
#include "rondo/optim/detail/weighted_dataset.hpp"

namespace rondo {

namespace {

std::optional<bool> draws_bar(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::bar:
      return true;
    case Verbosity::lines:
      return false;
    case Verbosity::automatic:
    case Verbosity::quiet:
      break;
  }
  return std::nullopt;
}

template <Real T>
bool has_progress_bar(const std::vector<Callback<T>*>& callbacks) {
  return std::any_of(callbacks.begin(), callbacks.end(), [](auto* callback) {
    return dynamic_cast<ProgressBar<T>*>(callback) != nullptr;
  });
}

/// Runs when a block is left, also by an exception.
template <class F>
class Finally {
 public:
  explicit Finally(F function) : function_(std::move(function)) {}

  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

  ~Finally() { function_(); }

 private:
  F function_;
};

}  // namespace

// ---- before a run ----

template <Real T>
void Trainer<T>::check_states(const FitOptions<T>& options) const {
  const bool stateful = !detail::state_of(model_).tensors.empty();
  if (options.tbptt_steps && !stateful) {
    throw_argument_error("Trainer",
                         "tbptt_steps needs a model that carries states: set stateful on its "
                         "recurrent layers");
  }
  if (options.shuffle && stateful && !options.tbptt_steps) {
    throw_argument_error("Trainer",
                         "a stateful model needs its samples in their order: set shuffle to false");
  }
}

template <Real T>
void Trainer<T>::build(const Dataset<T>& data, std::uint64_t seed) {
  if (!model_.built()) {
    std::vector<Shape> shapes{data.layout().inputs};
    if (model_.takes_extra_inputs()) {
      const auto& extra = data.layout().extra_inputs;
      shapes.insert(shapes.end(), extra.begin(), extra.end());
    }
    model_.build_for(std::span<const Shape>(shapes), seed);
  }
  const auto weights = model_.weights();
  if (!optimizer_.built()) {
    optimizer_.build(weights);
    return;
  }
  const auto known = optimizer_.parameters();
  if (std::find_first_of(weights.begin(), weights.end(), known.begin(), known.end()) ==
      weights.end()) {
    throw_state_error(
        "Trainer",
        fmt::format("the {} was built for the weights of another model ('{}'), none is this one's "
                    "('{}'): make a new optimizer for each model",
                    optimizer_.type_name(),
                    known.front()->path(),
                    weights.empty() ? "" : weights.front()->path()));
  }
}

template <Real T>
void Trainer<T>::check_built(const char* method) const {
  if (!model_.built()) {
    throw_state_error("Trainer", fmt::format("{}: the model is not built: call fit first", method));
  }
}

template <Real T>
History Trainer<T>::fit(const Dataset<T>& data, const FitOptions<T>& options) {
  ranks_ = options.communicator != nullptr ? options.communicator : &alone_;
  const Finally leave([&] { ranks_ = &alone_; });
  fail_together(*ranks_, [&] { detail::check(options); });
  std::optional<detail::WeightedDataset<T>> weighted;
  if (options.sample_weight) {
    weighted.emplace(data, options.sample_weight);
  }
  const Dataset<T>& all = weighted ? static_cast<const Dataset<T>&>(*weighted) : data;
  std::optional<ValidationSplit<T>> parts;
  if (options.validation_split > 0.0) {
    parts.emplace(split_for_validation(all, options.validation_split));
  }
  const Dataset<T>& training = parts ? parts->training : all;
  const Dataset<T>* const validation = parts ? &parts->validation : options.validation_data;
  if (options.class_weight.empty()) {
    return fit_parts(training, validation, options);
  }
  const detail::WeightedDataset<T> classes(training, options.class_weight);
  return fit_parts(classes, validation, options);
}

/// Prepares chunks of sequences, or their absence.
template <Real T>
void Trainer<T>::cut_sequences(const SampleLayout& layout,
                               std::size_t batch,
                               std::optional<std::size_t> steps) {
  chunks_.reset();
  carried_.clear();
  if (!steps) {
    return;
  }
  chunks_.emplace(layout, batch, *steps);
  for (const auto& state : detail::state_of(model_).tensors) {
    carried_.push_back(state.values);
  }
  carried_samples_ = 0;
}

/// All that does not need the other ranks.
template <Real T>
void Trainer<T>::prepare(Run& run, const Dataset<T>& training, const FitOptions<T>& options) {
  round_ = run.training.num_batches();
  run.batches = options.steps_per_epoch.value_or(round_);
  position_ = detail::first_position(options, round_);
  if (run.validation != nullptr) {
    const std::size_t batches = run.validation->num_batches();
    run.validation_batches = options.validation_steps.value_or(batches);
    detail::check_validation_steps(run.validation_batches, batches);
  }
  build(training, options.seed);
  check_states(options);
  const std::size_t test_size = options.validation_batch_size.value_or(options.batch_size);
  cut_sequences(training.layout(), std::max(options.batch_size, test_size), options.tbptt_steps);
  cut_batches(options, training.size());
  warnings_ = {.wanted = options.verbose != Verbosity::quiet && ranks_->is_first()};
  plan_ = detail::plan_of(options, training.size(), run.batches, run.validation != nullptr);
  identity_ = detail::identity_of(options, training.size());
}

/// All ranks begin with the same, from the weights of the first one.
template <Real T>
void Trainer<T>::meet_ranks(const Run& run, const FitOptions<T>& options) {
  if (ranks_->size() == 1) {
    return;
  }
  RankFacts facts = identity_;
  facts.emplace_back("epochs", fmt::format("{} to {}", options.initial_epoch, options.epochs));
  facts.emplace_back("validation batches", std::to_string(run.validation_batches));
  facts.emplace_back("validation_freq", std::to_string(options.validation_freq));
  for (const std::string& name : measures_.names()) {
    facts.emplace_back("the metric", name);
  }
  for (const Callback<T>* callback : called_) {
    if (!callback->only_writes() && !callback->state_name().empty()) {
      facts.emplace_back("the callback", callback->state_name());
    }
  }
  detail::add_facts(facts, model_, optimizer_);
  check_same(*ranks_, facts);
  std::vector<Parameter<T>*> weights = model_.weights();
  for (Parameter<T>* other : optimizer_.parameters()) {  // of a loss of one's own
    if (std::find(weights.begin(), weights.end(), other) == weights.end()) {
      weights.push_back(other);
    }
  }
  for (Parameter<T>* weight : weights) {
    ranks_->broadcast(weight->mutable_value().span(), 0);
  }
}

template <Real T>
History Trainer<T>::fit_parts(const Dataset<T>& training,
                              const Dataset<T>* validation,
                              const FitOptions<T>& options) {
  std::optional<BatchLoader<T>> loader, tests;
  std::optional<Run> run;
  fail_together(*ranks_, [&] {
    const BatchPart part = detail::part_of(options);
    loader.emplace(training,
                   BatchLoaderOptions{.batch_size = options.batch_size,
                                      .shuffle = options.shuffle,
                                      .last_batch = options.last_batch,
                                      .seed = options.seed,
                                      .prefetch = options.prefetch,
                                      .part = part});
    run.emplace(Run{.training = *loader});
    if (validation != nullptr) {
      const std::size_t size = options.validation_batch_size.value_or(options.batch_size);
      tests.emplace(*validation, BatchLoaderOptions{.batch_size = size, .part = part});
      run->validation = &*tests;
    }
    prepare(*run, training, options);
  });
  ProgressBar<T> progress({.terminal = draws_bar(options.verbose)});
  const std::size_t added = called_.size();
  const Finally leave([&] {
    for (Callback<T>* callback : called_) {
      callback->release();
    }
    called_.resize(added);
    identity_.clear();
    shards_.reset();
  });
  meet_ranks(*run, options);
  if (options.verbose != Verbosity::quiet && !has_progress_bar(called_)) {
    called_.push_back(&progress);
  }
  this->run(*run);
  return history_;
}

// ---- without training ----

template <Real T>
Logs Trainer<T>::evaluate(const Dataset<T>& data, const InferenceOptions& options) {
  check_built("evaluate");
  const auto cut = std::exchange(shards_, nullptr);  // of a fit that may run
  const Finally leave([&] { shards_ = cut; });
  BatchLoader<T> loader(data, {.batch_size = options.batch_size});
  cut_sequences(data.layout(), options.batch_size, options.tbptt_steps);
  test(loader, loader.num_batches());
  Logs logs;
  measures_.write(logs, false);
  return logs;
}

template <Real T>
Tensor<T> Trainer<T>::predict(const Dataset<T>& data, const InferenceOptions& options) {
  check_built("predict");
  if (options.tbptt_steps) {
    throw_argument_error("Trainer", "predict: tbptt_steps is for evaluate only");
  }
  BatchLoader<T> loader(data, {.batch_size = options.batch_size});
  Tensor<T> result(model_.output_shape(data.layout().inputs).insert(0, data.size()));
  T* row = result.data();
  each(&Callback<T>::on_predict_begin, *this);
  while (const auto batch = loader.next()) {
    inference_.reset();
    const CallOptions<T> call{.mask = batch->mask,
                              .extra_inputs = extra_inputs_on(inference_, *batch)};
    const auto output = model_(inference_.borrow(batch->inputs), call).value();
    const Shape expected = result.shape().with_dim(0, batch->inputs.shape()[0]);
    if (output.shape() != expected) {
      throw_shape_error("Trainer",
                        "predict: the model's output is not what its output_shape says",
                        {{"output", output.shape()}, {"expected", expected}});
    }
    row = std::copy(output.begin(), output.end(), row);
  }
  each(&Callback<T>::on_predict_end, *this);
  return result;
}

// ---- what callbacks ask ----

template <Real T>
std::optional<bool> Trainer<T>::rises(std::string_view name) const {
  if (name.starts_with("val_")) {
    name.remove_prefix(4);
  }
  if (name == "loss") {
    return false;
  }
  const Metric<T>* const metric = measures_.find(name);
  return metric != nullptr && metric->has_direction() ? std::optional(metric->higher_is_better())
                                                      : std::nullopt;
}

template <Real T>
int Trainer<T>::signal() const {
  return shards_ ? shards_->signal() : detail::InterruptGuard::signal();
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace rondo
