/// Shows how far training is. `Trainer::fit` brings one along unless it should be quiet.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <optional>

#include "rondo/optim/callback.hpp"

namespace rondo {

struct ProgressBarOptions {
  /// Stays open.
  std::FILE* out = stderr;
  /// Whether a line can be drawn over; none: ask the system about `out`.
  std::optional<bool> terminal = {};
  /// Seconds since any moment; none: the system's steady clock.
  std::function<double()> clock = {};
  /// Columns of the terminal, asked before each line; none: ask the system about `out`, 80 if it
  /// does not know.
  std::function<std::size_t()> width = {};
};

/// On a terminal a bar, redrawn at most ten times a second and replaced by a line when the epoch
/// ends; elsewhere these lines alone. What the terminal is too narrow for is left out:
///
///   Epoch 3/40 [===========>            ] 12/25, 5120 samples/s, 0:07 left, loss 0.1234
///   Epoch 3/40: 25 batches in 13.1 s, 5093 samples/s, loss 0.1198, val_loss 0.1302
template <Real T = float>
class ProgressBar : public Callback<T> {
 public:
  explicit ProgressBar(ProgressBarOptions options = {});  // is an option misspelt?

  void on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) override;
  void on_epoch_resumed(Trainer<T>& trainer, std::size_t epoch, std::size_t batches) override;
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override;

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] double samples_per_second(Trainer<T>& trainer) const;

  ProgressBarOptions options_;
  std::size_t epoch_ = 0;
  std::size_t batches_ = 0;  // trained in this epoch
  std::size_t before_ = 0;   // those of them that an earlier run did
  double begin_ = 0.0;       // of the epoch
  double trained_ = 0.0;     // end of the last batch
  double drawn_ = 0.0;
  std::size_t width_ = 0;  // of the text on the terminal's line
};

}  // namespace rondo
