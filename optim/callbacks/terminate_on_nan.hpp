/// Ends training when the loss is NaN or infinite, and says where that came from.
#pragma once

#include <cstdio>

#include "rondo/optim/callback.hpp"

namespace rondo {

struct TerminateOnNaNOptions {
  /// Throw StateError instead of ending the run.
  bool raise_error = false;
  /// Stream for the message; not closed.
  std::FILE* out = stderr;
};

/// `[TerminateOnNaN] the loss is nan in epoch 3, batch 17 (from 1): first not finite is node 12,
/// log (32, 8), made from …`. The batch that gave such a loss does not change the weights.
template <Real T = float>
class TerminateOnNaN : public Callback<T> {
 public:
  explicit TerminateOnNaN(TerminateOnNaNOptions options = {}) : options_(options) {}

  /// @throws StateError with raise_error
  void on_loss_not_finite(Trainer<T>& trainer, double loss) override;

 private:
  TerminateOnNaNOptions options_;
};

}  // namespace rondo
