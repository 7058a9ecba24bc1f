/// Saves the model while it is trained.
#pragma once

#include <optional>
#include <string>

#include "rondo/optim/callback.hpp"
#include "rondo/optim/callbacks/monitor.hpp"

namespace rondo {

struct ModelCheckpointOptions {
  /// May name numbers of the run: `weights-{epoch:02d}-{val_loss:.4f}.safetensors`. `epoch` and
  /// `batch` count from 1, as in Keras; `batch` is the last one of the epoch.
  std::string path = {};
  std::string monitor = "val_loss";
  /// Save only when the monitored value is better than all before.
  bool save_best_only = false;
  /// Weights alone (`load_weights`) instead of weights and optimizer (`load_checkpoint`).
  bool save_weights_only = false;
  MonitorMode mode = MonitorMode::automatic;
  /// Batches between two saves, counted across epochs; none: at the end of each epoch.
  std::optional<std::size_t> save_freq = {};
  /// With save_best_only: only values better than this one are saved.
  std::optional<double> initial_value_threshold = {};
};

/// An epoch that has no monitored value, since validation_freq leaves it out, is no best one: with
/// save_best_only it is not saved (Keras saves it with a warning).
template <Real T = float>
class ModelCheckpoint : public Callback<T> {
 public:
  /// @throws ArgumentError for options out of range
  explicit ModelCheckpoint(ModelCheckpointOptions options);  // is an option misspelt?

  void on_train_begin(Trainer<T>& trainer) override;
  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override;

  /// @throws ArgumentError if a name of the path or the monitored value is unknown
  /// @throws FormatError   if the file cannot be written; an old one is then whole
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "model_checkpoint"; }

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  [[nodiscard]] bool is_best(const Trainer<T>& trainer, std::size_t epoch, const Logs& logs);
  void save(Trainer<T>& trainer, std::size_t batch, const Logs& logs);

  ModelCheckpointOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::uint64_t batches_ = 0;  // since the last save
};

}  // namespace rondo
