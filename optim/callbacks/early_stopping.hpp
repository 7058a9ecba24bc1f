/// Ends training when a value has stopped improving.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rondo/core/tensor.hpp"
#include "rondo/optim/callback.hpp"
#include "rondo/optim/callbacks/monitor.hpp"

namespace rondo {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  /// A smaller change is no improvement.
  double min_delta = 0.0;
  /// Epochs without improvement after which training stops; 0: at the first one.
  int patience = 0;
  MonitorMode mode = MonitorMode::automatic;
  /// An improvement that does not beat this value too does not restart the patience.
  std::optional<double> baseline = {};
  /// Give the model the weights of its best epoch at the end of training, stopped or not.
  bool restore_best_weights = false;
  /// Epochs before this one do not count.
  int start_from_epoch = 0;
};

/// Keras' rules in every detail: an epoch that improves never stops, nor does epoch 0.
template <Real T = float>
class EarlyStopping : public Callback<T> {
 public:
  /// @throws ArgumentError for options out of range
  explicit EarlyStopping(EarlyStoppingOptions options = {});  // is an option misspelt?

  void on_train_begin(Trainer<T>& trainer) override;

  /// @throws ArgumentError if there is no value of the monitored name
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void on_train_end(Trainer<T>& trainer, const Logs& logs) override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "early_stopping"; }

 private:
  void remember_weights(Trainer<T>& trainer);

  EarlyStoppingOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::uint64_t wait_ = 0;
  std::vector<Tensor<T>> best_weights_;  // empty until there are some
};

}  // namespace rondo
