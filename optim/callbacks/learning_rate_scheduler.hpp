/// Sets the learning rate at the start of each epoch. A rate that changes with every step is a
/// schedule of the optimizer (optim/schedule.hpp).
#pragma once

#include <functional>

#include "rondo/optim/callback.hpp"

namespace rondo {

/// `LearningRateScheduler<float>([](std::size_t epoch, double rate) { return rate * 0.9; })`.
/// Adds `learning_rate` to the logs.
template <Real T = float>
class LearningRateScheduler : public Callback<T> {
 public:
  /// @param schedule  the rate of an epoch, from its number and the rate so far
  /// @throws ArgumentError if it is empty
  explicit LearningRateScheduler(std::function<double(std::size_t, double)> schedule);

  /// @throws ArgumentError if the schedule gives a rate that is negative or not finite
  /// @throws StateError    if the optimizer's rate follows a schedule of its own
  void on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) override;
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;

 private:
  std::function<double(std::size_t, double)> schedule_;
};

}  // namespace rondo
