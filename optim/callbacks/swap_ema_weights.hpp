/// Evaluation and prediction with the averages of the weights.
#pragma once

#include "rondo/optim/callback.hpp"

namespace rondo {

/// While the model is tested or predicts, its weights are the optimizer's averages; afterwards,
/// also after predictions, they are what they were. Needs an optimizer with use_ema. Before the
/// first step there are no averages, and nothing happens.
template <Real T = float>
class SwapEMAWeights : public Callback<T> {
 public:
  void on_test_begin(Trainer<T>& trainer) override { swap(trainer); }

  void on_test_end(Trainer<T>& trainer, const Logs&) override { swap_back(trainer); }

  void on_predict_begin(Trainer<T>& trainer) override { swap(trainer); }

  void on_predict_end(Trainer<T>& trainer) override { swap_back(trainer); }

 private:
  /// @throws StateError without use_ema
  void swap(Trainer<T>& trainer);
  void swap_back(Trainer<T>& trainer);

  bool swapped_ = false;
};

}  // namespace rondo
