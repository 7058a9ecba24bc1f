/// Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers", scaled as Liu et al. 2025,
/// arXiv:2502.16982).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct MuonOptions {
  LearningRate learning_rate = 0.001;
  // Of the parameters that Adam moves.
  double adam_beta_1 = 0.9;
  double adam_beta_2 = 0.999;
  std::optional<double> adam_weight_decay = 0.004;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = 0.004;
#include "rondo/optim/common_options.inc"
  /// Adam moves the parameters whose path contains one of these texts.
  std::vector<std::string> exclude_layers = {};
  /// Adam moves the parameters with `embedding` in their path.
  bool exclude_embeddings = true;
  // The iteration's polynomial.
  double muon_a = 3.4445;
  double muon_b = -4.7750;
  double muon_c = 2.0315;
  /// Adam's rate as a share of the rate.
  double adam_lr_ratio = 1.0;
  /// Weight of the past in the sum of gradients, in [0, 1].
  double momentum = 0.95;
  /// Iterations of the orthogonalisation.
  std::size_t ns_steps = 5;
  bool nesterov = true;
  /// Scales a change by √(larger side) times this, so that Adam's rates fit; none: no scaling.
  std::optional<double> rms_rate = 0.2;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("adam_beta_1", o.adam_beta_1...);
    visit("adam_beta_2", o.adam_beta_2...);
    visit("adam_weight_decay", o.adam_weight_decay...);
    visit("epsilon", o.epsilon...);
    visit("exclude_layers", o.exclude_layers...);
    visit("exclude_embeddings", o.exclude_embeddings...);
    visit("muon_a", o.muon_a...);
    visit("muon_b", o.muon_b...);
    visit("muon_c", o.muon_c...);
    visit("adam_lr_ratio", o.adam_lr_ratio...);
    visit("momentum", o.momentum...);
    visit("ns_steps", o.ns_steps...);
    visit("nesterov", o.nesterov...);
    visit("rms_rate", o.rms_rate...);
    for_each_common_option(visit, o...);
  }
};

/// Matrices: m ← μ m + g,  G = m, Nesterov: g + μ m;  of G and its transpose the wide one is
/// X = G / (‖G‖ + 1e-7),  ns_steps times: A = X Xᵀ,  X ← a X + (b A + c A²) X
/// w ← w − rate · √max(rows, columns) · rms_rate · X
///
/// Everything else, embeddings and exclude_layers: Adam with the rate · adam_lr_ratio; its decay is
/// adam_weight_decay · rate without the ratio, as in Keras.
template <Real T = float>
class Muon : public OptimizerWith<T, MuonOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Muon(MuonOptions options = {});  // is an option misspelt? MuonOptions{...} says which

 protected:
  [[nodiscard]] std::optional<double> weight_decay_of(const Parameter<T>& parameter) const override;
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  [[nodiscard]] bool uses_adam(const Parameter<T>& parameter) const;
  void update_with_adam(const ParameterUpdate<T>& u);
  /// The result lies in the workspace, transposed if the matrix has more rows than columns.
  const T* orthogonalise(std::size_t rows, std::size_t columns);

  using Muon::OptimizerWith::options_;
  Tensor<T> workspace_;
};

}  // namespace rondo
