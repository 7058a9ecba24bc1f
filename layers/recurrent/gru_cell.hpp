/// One step of a gated recurrent unit, op by op on the tape: the definition that everything faster
/// is measured against.
#pragma once

#include "rondo/layers/recurrent/formula.hpp"
#include "rondo/layers/recurrent/gru_sequence.hpp"
#include "rondo/layers/recurrent/options.hpp"
#include "rondo/layers/recurrent/standard_cell.hpp"

namespace rondo {

struct GRUCellOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  /// Of the gates; default sigmoid, under tfjs hard_sigmoid. What `hard_sigmoid` means here and in
  /// `activation` is the profile's; `hard_sigmoid_keras3` and `hard_sigmoid_keras2` are exact.
  std::optional<Activation> recurrent_activation = {};
  bool use_bias = true;
  /// Default glorot_uniform, under tfjs glorot_normal. Under tfjs the truncated normals
  /// (`glorot_normal`, `he_normal`, `lecun_normal`) mean `glorot_normal_tfjs` and so on.
  std::optional<Initializer> kernel_initializer = {};
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  /// Share of the inputs that is dropped while training, in [0, 1]; exactly 1 means no dropout.
  double dropout = 0.0;
  /// The same for the state; not zero forces implementation 1, unless legacy_masked_carry.
  double recurrent_dropout = 0.0;
  /// The reset gate acts after (true, the default) or before the recurrent product; tfjs has only
  /// the latter, and refuses true.
  std::optional<bool> reset_after = {};
  /// Of the dropout masks; by default derived from the model's seed.
  std::optional<std::uint64_t> seed = {};
  /// 1: a product for each gate and a mask for each; 2 (default): one product and one mask for all.
  /// Under tfjs it is 2 whatever is given, as there.
  std::optional<int> implementation = {};
  /// Recurrent dropout as in TF 2.0, TF.js and Keras before 3.8: one mask for all gates, and the
  /// masked state also in the blend: h' = z ∘ (h ∘ m) + (1 − z) ∘ ĥ. Needs implementation 2.
  /// Default true under tfjs, and under tf20 with implementation 2.
  std::optional<bool> legacy_masked_carry = {};
  /// How many masks a step draws, 1 or 3, of which implementation 2 uses the first. Default 3 with
  /// implementation 1 (which needs them) and under keras2, tf20 and tfjs, else 1.
  std::optional<int> dropout_mask_count = {};
  /// Input masks are drawn anew at every step instead of once until they are reset.
  bool per_step_input_dropout = false;
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};
  /// What inputs may look like, if known; `std::nullopt` is any size. Without the batch axis:
  PartialShape input_shape = {};
  /// The same with the batch axis in front:
  PartialShape batch_input_shape = {};
  std::optional<std::size_t> batch_size = {};
  /// First values, in the order of `weights()`, instead of the initializers'.
  std::vector<Tensor<double>> weights = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    for_each_cell_option(visit, o...);
    visit("recurrent_activation", o.recurrent_activation...);
    visit("reset_after", o.reset_after...);
    visit("implementation", o.implementation...);
    visit("legacy_masked_carry", o.legacy_masked_carry...);
    visit("dropout_mask_count", o.dropout_mask_count...);
    visit("per_step_input_dropout", o.per_step_input_dropout...);
  }
};

/// The options with the profile's defaults filled in and names resolved.
/// @param op  who is named in errors
/// @throws ArgumentError for values that are out of range or contradict one another or the profile
[[nodiscard]] GRUCellOptions resolve(GRUCellOptions options, const std::string& op);

/// Cho et al. 2014 (arXiv:1406.1078), in Keras' convention: z is the share of the old state that is
/// kept.
///
///   z = ρ(x K_z + b_z + h U_z + c_z)          r = ρ(x K_r + b_r + h U_r + c_r)
///   ĥ = φ(x K_h + b_h + r ∘ (h U_h + c_h))    with reset_after
///   ĥ = φ(x K_h + b_h + (r ∘ h) U_h)          without; there is no c
///   h' = z ∘ h + (1 − z) ∘ ĥ
///
/// | weight             | shape, columns in the order z, r, h                              |
/// | kernel K           | [F, 3·units]                                                     |
/// | recurrent_kernel U | [units, 3·units]                                                 |
/// | bias               | [2, 3·units] (rows b, c) with reset_after, else [3·units]        |
///
/// | other systems      | order of gates | meaning of z                                    |
/// | PyTorch, JAX nnx   | r, z, n        | as here                                         |
/// | ONNX, oneDNN       | z, r, h        | as here                                         |
/// | dm-haiku, dynet    | z, r, a        | opposite: share of the new candidate            |
template <Real T = float>
class GRUCell : public LayerWith<GRUCell<T>, GRUCellOptions, StandardCell<T>> {
 public:
  /// @param op  who is named in errors
  /// @throws ArgumentError for units = 0, rates outside [0, 1], what `resolve` refuses, compat = v1
  explicit GRUCell(GRUCellOptions options, const std::string& op = "GRUCell");

  [[nodiscard]] std::vector<Shape> state_shapes() const override { return {{options_.units}}; }

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  /// A whole sequence as one op (gru_sequence.hpp), the same numbers as step after step.
  /// @param inputs  [N, S, F], or [S, N, F] with sequence.time_major; mask likewise
  /// @param state   [N, units]
  /// @throws ArgumentError if an activation is not one that the op has, see `gate_function`
  RecurrentOutput<T> run_sequence(const Variable<T>& inputs,
                                  const Variable<T>& state,
                                  TensorView<const bool> mask,
                                  bool training,
                                  GruSequenceOptions sequence);

  /// The implementation in force: 1 if recurrent_dropout is not 0, unless legacy_masked_carry.
  [[nodiscard]] int implementation() const { return implementation_; }

  [[nodiscard]] std::string type_name() const override { return "GRUCell"; }

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  using GRUCell::LayerWith::options_;

  /// h' of the inputs' share of the gates, the state's share of them, and h; with reset_after.
  template <class X>
  X next_state(X pz, X pr, X pc, X qz, X qr, X qc, X h) const;

  /// The same without: the reset gate times the state, from whose product the candidate's share
  /// comes; and h'.
  template <class X>
  X gated_state(X pr, X qr, X h) const;
  template <class X>
  X next_state(X pz, X pc, X qz, X qc, X h) const;

  template <class DrawStateMasks>
  Variable<T> drop_each_step(const Variable<T>& inputs,
                             const GruSequenceOptions& sequence,
                             const DrawStateMasks& draw_state_masks);
  void trace_formulas();
  Variable<T> carried_state(const Variable<T>& h, bool training);
  Variable<T> step_after(const Variable<T>& p, const Variable<T>& h, bool training);
  Variable<T> step_before(const Variable<T>& p, const Variable<T>& h, bool training);

  int implementation_ = 2;
  Formula next_state_;
  Formula gated_state_;
};

}  // namespace rondo
