/// Lowers the learning rate when a value has stopped improving.
#pragma once

#include <optional>
#include <string>

#include "rondo/optim/callback.hpp"
#include "rondo/optim/callbacks/monitor.hpp"

namespace rondo {

struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  /// The new rate is the old one times this, in [0, 1).
  double factor = 0.1;
  /// Epochs without improvement after which the rate is lowered.
  int patience = 10;
  MonitorMode mode = MonitorMode::automatic;
  /// A smaller change is no improvement.
  double min_delta = 1e-4;
  /// Epochs after a reduction that do not count.
  int cooldown = 0;
  /// The rate does not fall below this.
  double min_lr = 0.0;
};

/// Keras' rules. Adds `learning_rate` to the logs: the rate of this epoch, before its reduction.
template <Real T = float>
class ReduceLROnPlateau : public Callback<T> {
 public:
  /// @throws ArgumentError for options out of range
  explicit ReduceLROnPlateau(ReduceLROnPlateauOptions options = {});  // is an option misspelt?

  void on_train_begin(Trainer<T>& trainer) override;

  /// @throws ArgumentError if there is no value of the monitored name
  /// @throws StateError    if the optimizer's rate follows a schedule
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "reduce_lr_on_plateau"; }

 private:
  void reduce(Trainer<T>& trainer);

  ReduceLROnPlateauOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::uint64_t wait_ = 0;
  std::uint64_t cooldown_ = 0;  // epochs left
};

}  // namespace rondo
