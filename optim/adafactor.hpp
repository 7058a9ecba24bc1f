/// Adafactor (Shazeer and Stern 2018, "Adaptive Learning Rates with Sublinear Memory Cost",
/// arXiv:1804.04235).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdafactorOptions {
  LearningRate learning_rate = 0.001;
  /// Power of the step that the weight of new squares falls with, not positive.
  double beta_2_decay = -0.8;
  /// Added to squared gradients.
  double epsilon_1 = 1e-30;
  /// A parameter whose root mean square is smaller moves as if it had this one.
  double epsilon_2 = 1e-3;
  /// Changes with a larger root mean square are shortened to it.
  double clip_threshold = 1.0;
  /// A rate that is a number is at most 1 / √t in step t.
  bool relative_step = true;
  // Common to all optimizers: OptimizerOptions.
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::size_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::size_t> gradient_accumulation_steps = {};
  bool require_all = false;
};

/// With β = 1 − t^beta_2_decay in step t, q = g² + ε₁; of the last two axes of a parameter:
/// r ← β r + (1 − β) mean of each row of q,  c ← β c + (1 − β) mean of each column of q
/// v = r cᵀ / mean(r);  with fewer axes v ← β v + (1 − β) q
/// u = g / √v,  w ← w − max(ε₂, rms(w)) · min(rate, 1/√t) · u / max(1, rms(u) / clip_threshold)
template <Real T = float>
class Adafactor : public Optimizer<T> {
 public:
  explicit Adafactor(AdafactorOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  void update_vector(const ParameterUpdate<T>& u, double alpha, double fresh);
  void update_matrices(const ParameterUpdate<T>& u, double alpha, double fresh);
  /// Alpha for a change with this sum of squares.
  [[nodiscard]] double shortened(double alpha, double sum_of_squares, std::size_t n) const;

  AdafactorOptions options_;
};

}  // namespace rondo
