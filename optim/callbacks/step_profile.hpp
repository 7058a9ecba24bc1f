/// Shows what one step of training costs, op by op.
#pragma once

#include <cstdio>

#include "rondo/optim/callback.hpp"

namespace rondo {

struct StepProfileOptions {
  /// The batch of the first epoch that is measured, from 0: the first ones also fill caches and
  /// take memory. An epoch that is shorter is not measured.
  std::size_t batch = 3;
  /// Where the table goes; stays open.
  std::FILE* out = stderr;
};

/// Prints `profile` of the tape and `gradient_norms` of the weights (core/graph.hpp). All other
/// steps are as without it.
template <Real T = float>
class StepProfile : public Callback<T> {
 public:
  explicit StepProfile(StepProfileOptions options = {}) : options_(options) {}

  void on_train_batch_begin(Trainer<T>& trainer, std::size_t batch) override;
  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override;

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  [[nodiscard]] bool measures(const Trainer<T>& trainer, std::size_t batch) const;

  StepProfileOptions options_;
};

}  // namespace rondo
