// The loop of a run; trainer.cpp has what surrounds it.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "rondo/distributed/agreement.hpp"
#include "rondo/optim/detail/doubtful_loss.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

/// The next batch, from the next round of the data if this one is used up.
template <Real T>
std::optional<Batch<T>> next_batch(BatchLoader<T>& loader) {
  auto batch = loader.next();
  return batch ? batch : loader.next();
}

bool keeps_nothing(TensorView<const bool> mask) {
  return mask && std::find(mask.begin(), mask.end(), true) == mask.end();
}

}  // namespace

/// Ranks go on from the same place, and only when all have read where that is.
template <Real T>
void Trainer<T>::begin_run(const Run& run) {
  fail_together(*ranks_, [&] {
    each(&Callback<T>::on_train_begin, *this);
    each(&Callback<T>::resume, *this);
  });
  if (ranks_->size() > 1) {
    check_same(*ranks_,
               {{"to begin with epoch", std::to_string(progress_.epoch + 1)},
                {"to begin with batch", std::to_string(progress_.batch + 1)},
                {"steps behind it", std::to_string(optimizer_.iterations())}},
               "the folder of the backup must be one that all machines share");
  }
  run.training.seek(position_);
}

template <Real T>
void Trainer<T>::run(const Run& run) {
  history_ = {};
  stopped_ = interrupted_ = false;
  progress_ = {.epoch = plan_.first_epoch};
  measures_.reset();
  logs_.clear();
  begin_run(run);
  if (progress_.batch > 0) {
    each(&Callback<T>::on_epoch_resumed, *this, progress_.epoch, progress_.batch);
  }
  // A run that was stopped in an epoch and goes on from a file still ends this epoch.
  while (progress_.epoch < plan_.epochs && !interrupted_ && (!stopped_ || progress_.batch > 0)) {
    run_epoch(run);
  }
  if (ranks_->size() > 1) {
    check_same(*ranks_,
               {{"ended behind epoch", std::to_string(progress_.epoch)},
                {"ended behind batch", std::to_string(progress_.batch)}},
               "a callback that ends a run must decide on what all ranks share");
  }
  if (chunks_) {
    model_.reset_states();
  }
  if (!interrupted_) {
    optimizer_.finalize();  // first, as in Keras: what callbacks restore or save is what remains
  }
  each(&Callback<T>::on_train_end, *this, std::as_const(logs_));
}

template <Real T>
void Trainer<T>::run_epoch(const Run& run) {
  const std::size_t epoch = progress_.epoch;
  if (progress_.batch == 0) {
    measures_.reset();
    each(&Callback<T>::on_epoch_begin, *this, epoch);
  }
  train_epoch(run);
  if (interrupted_) {
    return;
  }
  logs_.clear();
  measures_.write(logs_, false);
  if (plan_.validates(epoch)) {
    test(*run.validation, run.validation_batches);
    measures_.write(logs_, true);
  }
  each(&Callback<T>::on_epoch_end, *this, epoch, logs_);
  warn(epoch);
  history_.add(epoch, logs_);
  progress_ = {.epoch = epoch + 1};
  position_ = run.training.position();
  each(&Callback<T>::after_epoch, *this);
}

/// Once in a run each.
template <Real T>
void Trainer<T>::warn(std::size_t epoch) {
  if (!warnings_.wanted) {
    return;
  }
  const double loss = logs_.at("loss");
  if (!std::isfinite(loss) && !std::exchange(warnings_.not_finite_told, true)) {
    fmt::print(stderr,
               "warning: the loss of epoch {} is {}: TerminateOnNaN ends such a run and names the "
               "first op, TapeOptions::check_finite does it in a loop by hand\n",
               epoch + 1,
               std::isnan(loss) ? "nan" : "inf");
  }
  if (!warnings_.doubtful_loss.empty()) {
    fmt::print(stderr, "warning: {}\n", std::exchange(warnings_.doubtful_loss, {}));
  }
  if (warnings_.all_masked && !std::exchange(warnings_.all_masked_told, true)) {
    fmt::print(stderr,
               "warning: a batch of epoch {} has a mask without a valid step: nothing is learnt "
               "from it\n",
               epoch + 1);
  }
}

template <Real T>
void Trainer<T>::train_epoch(const Run& run) {
  while (progress_.batch < run.batches && !(stopped_ && progress_.batch > 0)) {
    const std::size_t i = progress_.batch;
    const auto batch = next_batch(run.training);
    each(&Callback<T>::on_train_batch_begin, *this, i);
    train_batch(*batch, run.training.batch_samples());
    measures_.write(batch_logs_, false);
    each(&Callback<T>::on_train_batch_end, *this, i, std::as_const(batch_logs_));
    ++progress_.batch;
    position_ = run.training.position();
    each(&Callback<T>::after_train_batch, *this);
  }
}

/// Zeros, as after reset_states(), but without giving the memory back.
template <Real T>
void Trainer<T>::begin_sequences(std::size_t samples) {
  if (samples != carried_samples_) {
    model_.reset_states();
    carried_samples_ = samples;
  }
  for (Tensor<T>* const state : carried_) {
    std::fill_n(state->data(), state->size(), T{0});
  }
}

/// The whole batch, or its chunks one after another; `step` returns whether to go on.
template <Real T>
template <class Step>
void Trainer<T>::for_each_chunk(const Batch<T>& batch, Step step) {
  if (!chunks_) {
    step(batch, 1.0);
    return;
  }
  begin_sequences(batch.inputs.shape()[0]);
  for (std::size_t i = 0; i < chunks_->count(batch); ++i) {
    const double share = chunks_->share(batch, i);
    if (share > 0.0 && !step(chunks_->cut(batch, i), share)) {
      return;
    }
  }
}

template <Real T>
void Trainer<T>::train_batch(const Batch<T>& batch, std::size_t samples) {
  if (shards_) {
    train_in_shards(batch, samples);
    return;
  }
  for_each_chunk(batch,
                 [&](const Batch<T>& part, double share) { return train_step(part, share); });
}

/// @return whether training goes on
template <Real T>
bool Trainer<T>::train_step(const Batch<T>& batch, double share) {
  tape_.reset();
  optimizer_.zero_grad();
  const BatchResult<T> result = loss_(tape_, batch, {.training = true, .mask = batch.mask});
  const Variable<T> loss = total_loss(result.loss);
  const auto value = static_cast<double>(loss.item());
  measures_.update(value, share, batch, result);
  if (!std::exchange(warnings_.loss_seen, true)) {
    warnings_.doubtful_loss = detail::doubtful_loss(tape_);
  }
  warnings_.all_masked |= keeps_nothing(batch.mask) || keeps_nothing(result.mask);
  if (!std::isfinite(value)) {
    each(&Callback<T>::on_loss_not_finite, *this, value);
    if (stopped_) {
      warnings_.not_finite_told = true;  // by who stopped the run
      return false;
    }
  }
  tape_.backward(optimizer_.scale_loss(loss));
  optimizer_.step();
  return true;
}

template <Real T>
void Trainer<T>::test(BatchLoader<T>& loader, std::size_t batches) {
  measures_.reset();
  loader.reset();
  Logs logs;
  each(&Callback<T>::on_test_begin, *this);
  for (std::size_t i = 0; i < batches; ++i) {
    const auto batch = next_batch(loader);
    each(&Callback<T>::on_test_batch_begin, *this, i);
    test_batch(*batch, loader.batch_samples());
    measures_.write(logs, false);
    each(&Callback<T>::on_test_batch_end, *this, i, std::as_const(logs));
  }
  each(&Callback<T>::on_test_end, *this, std::as_const(logs));
}

template <Real T>
void Trainer<T>::test_batch(const Batch<T>& batch, std::size_t samples) {
  if (shards_) {
    test_in_shards(batch, samples);
    return;
  }
  for_each_chunk(batch, [&](const Batch<T>& part, double share) {
    inference_.reset();
    const BatchResult<T> result = loss_(inference_, part, {.mask = part.mask});
    const auto value = static_cast<double>(total_loss(result.loss).item());
    measures_.update(value, share, part, result);
    return true;
  });
}

/// How far the run is follows from its history and the batches of the present epoch; a file that
/// says something else is not of this run.
template <Real T>
void Trainer<T>::visit_position(RunStateVisitor<T>& visitor) {
  std::uint64_t epoch = progress_.epoch, batch = progress_.batch;
  std::uint64_t round = position_.epoch, place = position_.batch;
  visitor.visit("epoch", epoch);
  visitor.visit_count("batch", batch, plan_.batches);
  visitor.visit("loader/epoch", round);
  visitor.visit_count("loader/batch", place, round_);
  visitor.visit_flag("stopped", stopped_);
  const auto& ended = history_.epochs();
  const std::size_t first = ended.empty() ? epoch : ended.front();
  if (first > plan_.first_epoch || epoch != first + ended.size()) {
    visitor.refuse("epoch", fmt::format("is {} behind a history of {}", epoch, ended.size()));
  }
  const std::uint64_t done = epoch * plan_.batches + batch;
  const std::uint64_t drawn = round * round_ + place;
  const bool in_range = round_ == 0 || round <= done / round_;
  // A run that is stopped ends its epoch without the rest of the batches.
  if (!in_range || (stopped_ ? drawn > done : drawn != done)) {
    visitor.refuse("loader/epoch",
                   fmt::format("is {}, which does not fit {} batches", round, done));
  }
  progress_ = {.epoch = epoch, .batch = batch};
  position_ = {.epoch = round, .batch = place};
}

template <Real T>
RunBounds Trainer<T>::bounds() const {
  RunBounds bounds{.epochs = progress_.epoch,
                   .batches = progress_.epoch * plan_.batches + progress_.batch};
  for (const Parameter<T>* weight : model_.weights()) {
    bounds.weights.push_back(weight->shape());
  }
  return bounds;
}

template <Real T>
void Trainer<T>::visit_state(RunStateVisitor<T>& visitor) {
  for (const auto& [name, value] : identity_) {
    visitor.check_same(name, value);
  }
  history_.visit_state(visitor);
  visit_position(visitor);
  measures_.visit_state(visitor);
  visitor.set_bounds(bounds());
  std::map<std::string, int> seen;
  for (Callback<T>* const callback : called_) {
    std::string name = callback->state_name();
    if (name.empty()) {
      continue;
    }
    const int number = seen[name]++;
    name += number > 0 ? fmt::format("_{}", number) : "";
    detail::StatesBelow<T> below(visitor, fmt::format("callback/{}/", name));
    callback->visit_state(below);
  }
}

#define RONDO_INSTANTIATE(T)                                     \
  template void Trainer<T>::run(const Run&);                     \
  template void Trainer<T>::test(BatchLoader<T>&, std::size_t);  \
  template RunBounds Trainer<T>::bounds() const;                 \
  template void Trainer<T>::visit_position(RunStateVisitor<T>&); \
  template void Trainer<T>::visit_state(RunStateVisitor<T>& visitor);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
