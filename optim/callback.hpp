/// What may look into a training run, change it and stop it. A callback is a value type that
/// overrides some of these functions; `trainer.add(MyCallback{…})` takes it over.
#pragma once

#include <cstddef>
#include <string>

#include "rondo/core/real.hpp"
#include "rondo/optim/history.hpp"
#include "rondo/optim/run_state.hpp"

namespace rondo {

template <Real T>
class Trainer;

/// Order of the calls in `fit`, with epochs and batches counted from 0:
///
///   on_train_begin, then resume
///     on_epoch_begin
///       on_train_batch_begin, on_train_batch_end, after_train_batch …   then: was the run stopped?
///       with validation data: on_test_begin, on_test_batch_begin, on_test_batch_end …, on_test_end
///     on_epoch_end, after_epoch                       then: was the run stopped?
///   on_train_end, then release
///
/// `evaluate` makes the on_test calls alone. Several callbacks are called in the order of `add`.
/// `trainer.stop()` ends the run at the next "was the run stopped?".
template <Real T>
class Callback {
 public:
  virtual ~Callback() = default;

  virtual void on_train_begin(Trainer<T>&) {}

  /// The logs are those of the last epoch; with use_ema the weights are their averages already
  virtual void on_train_end(Trainer<T>&, const Logs&) {}

  virtual void on_epoch_begin(Trainer<T>&, std::size_t) {}

  /// The logs hold `loss`, metrics, and both with `val_`; what is added here enters the history.
  virtual void on_epoch_end(Trainer<T>&, std::size_t, Logs&) {}

  virtual void on_train_batch_begin(Trainer<T>&, std::size_t) {}

  /// The logs are means over the epoch so far.
  virtual void on_train_batch_end(Trainer<T>&, std::size_t, const Logs&) {}

  virtual void on_test_begin(Trainer<T>&) {}

  virtual void on_test_end(Trainer<T>&, const Logs&) {}

  virtual void on_test_batch_begin(Trainer<T>&, std::size_t) {}

  virtual void on_test_batch_end(Trainer<T>&, std::size_t, const Logs&) {}

  virtual void on_predict_begin(Trainer<T>&) {}

  virtual void on_predict_end(Trainer<T>&) {}

  // ---- beyond Keras: exact resume ----

  /// After every callback's on_train_begin: the place to load what a run had saved.
  virtual void resume(Trainer<T>&) {}

  /// Instead of on_epoch_begin, for an epoch that goes on in the middle: its number, and how many
  /// of its batches were done before.
  virtual void on_epoch_resumed(Trainer<T>&, std::size_t, std::size_t) {}

  /// When every callback has seen the batch or the epoch: all state is consistent, the place to
  /// save it.
  virtual void after_train_batch(Trainer<T>&) {}

  virtual void after_epoch(Trainer<T>&) {}

  /// When `fit` ends, also by an exception: gives back what on_train_begin took.
  virtual void release() {}

  /// Before the backward pass of a batch whose loss is not finite; the tape holds its forward pass.
  /// If the run is stopped here, the weights stay as they are.
  virtual void on_loss_not_finite(Trainer<T>&, double) {}

  /// Shows what must be there again when a run goes on; needs a `state_name`.
  virtual void visit_state(RunStateVisitor<T>&) {}

  /// Whether it does nothing but print and write, for which the first rank of a job is enough: on the
  /// others its hooks are not called. Others decide on numbers that all ranks share.
  [[nodiscard]] virtual bool only_writes() const { return false; }

  /// `early_stopping`: the place of the state in files; empty if there is none.
  [[nodiscard]] virtual std::string state_name() const { return {}; }

 protected:
  Callback() = default;
  Callback(const Callback&) = default;
  Callback(Callback&&) noexcept = default;
  Callback& operator=(const Callback&) = default;
  Callback& operator=(Callback&&) noexcept = default;
};

}  // namespace rondo
