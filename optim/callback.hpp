/// What may look into a training run, change it and stop it. A callback is a value type that
/// overrides some of these functions; `trainer.add(MyCallback{…})` takes it over.
#pragma once

#include <cstddef>

#include "rondo/core/real.hpp"
#include "rondo/optim/history.hpp"

namespace rondo {

template <Real T>
class Trainer;

/// Order of the calls in `fit`, with epochs and batches counted from 0:
///
///   on_train_begin
///     on_epoch_begin
///       on_train_batch_begin, on_train_batch_end …   then: was the run stopped?
///       on_test_begin, on_test_batch_begin, on_test_batch_end …, on_test_end   with validation
///       data
///     on_epoch_end                                    then: was the run stopped?
///   on_train_end
///
/// `evaluate` makes the on_test calls alone. Several callbacks are called in the order of `add`.
/// `trainer.stop()` ends the run at the next "was the run stopped?".
template <Real T>
class Callback {
 public:
  virtual ~Callback() = default;

  virtual void on_train_begin(Trainer<T>&) {}

  /// @param logs  those of the last epoch
  virtual void on_train_end(Trainer<T>&, const Logs&) {}

  virtual void on_epoch_begin(Trainer<T>&, std::size_t) {}

  /// @param logs  `loss`, `val_loss`; what is added here enters the history
  virtual void on_epoch_end(Trainer<T>&, std::size_t, Logs&) {}

  virtual void on_train_batch_begin(Trainer<T>&, std::size_t) {}

  /// @param logs  means over the epoch so far
  virtual void on_train_batch_end(Trainer<T>&, std::size_t, const Logs&) {}

  virtual void on_test_begin(Trainer<T>&) {}

  virtual void on_test_end(Trainer<T>&, const Logs&) {}

  virtual void on_test_batch_begin(Trainer<T>&, std::size_t) {}

  virtual void on_test_batch_end(Trainer<T>&, std::size_t, const Logs&) {}

 protected:
  Callback() = default;
  Callback(const Callback&) = default;
  Callback(Callback&&) noexcept = default;
  Callback& operator=(const Callback&) = default;
  Callback& operator=(Callback&&) noexcept = default;
};

}  // namespace rondo
