/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
#pragma once

#include "rondo/optim/adam.hpp"

namespace rondo {

/// As AdamOptions, but weight_decay is always in force and stands second, as in Keras.
struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  double weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool require_all = false;
};

/// w ← w − rate · weight_decay · w, then Adam.
template <Real T = float>
class AdamW : public Adam<T> {
 public:
  explicit AdamW(AdamWOptions options = {});
};

}  // namespace rondo
