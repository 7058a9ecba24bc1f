/// The GRU layer: `RNN` over `GRUCell`.
#pragma once

#include <string_view>

#include "rondo/layers/recurrent/gru_cell.hpp"
#include "rondo/layers/recurrent/rnn.hpp"

namespace rondo {

/// Keras' signature in Keras' order. What concerns one step is documented in GRUCellOptions, what
/// concerns the loop in RNNOptions.
struct GRUOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  std::optional<Activation> recurrent_activation = {};
  bool use_bias = true;
  std::optional<Initializer> kernel_initializer = {};
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::uint64_t> seed = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool time_major = false;
  std::optional<bool> reset_after = {};
  std::optional<int> implementation = {};
  bool zero_output_for_mask = false;
  std::optional<MaskedOutput> masked_output = {};
  std::optional<bool> prefer_stored_state = {};
  bool propagate_mask = true;
  std::optional<bool> legacy_masked_carry = {};
  std::optional<int> dropout_mask_count = {};
  /// A mask of its own for every time step of the inputs. Default false; under keras2 true for
  /// what `cudnn_eligible` accepts without a mask, because tf-keras then drops the whole sequence.
  std::optional<bool> per_step_input_dropout = {};
  /// `automatic` takes the fused op (gru_sequence.hpp) where it can, `on` refuses the rest by
  /// reason, `off` runs the cell step by step.
  UseFused use_fused = UseFused::automatic;
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};
  PartialShape input_shape = {};
  PartialShape batch_input_shape = {};
  std::optional<std::size_t> batch_size = {};
  std::vector<Tensor<double>> weights = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    GRUCellOptions::for_each_option(visit, o...);
    RNNOptions::for_each_option(visit, o...);
  }
};

/// The options with the profile's defaults filled in and names resolved.
/// @throws ArgumentError for what GRUCell or the profile refuse
[[nodiscard]] GRUOptions resolve(GRUOptions options);

template <Real T = float>
class GRU : public RNNWith<GRU<T>, GRUOptions, GRUCell<T>> {
 public:
  /// @throws ArgumentError for values out of range and for options that are not available
  /// @throws StateError for use_fused = on
  explicit GRU(GRUOptions options);  // is an option misspelt? GRUOptions{...} says which

  /// `fused`, or why the cell runs step by step.
  [[nodiscard]] std::string_view fused_path() const;

  /// Whether Keras could hand this layer to cuDNN: tanh, sigmoid, no recurrent dropout, not
  /// unrolled, with bias, reset_after, and a mask (if any) that is right-padded, with a valid step
  /// in every sample. It decides nothing here. @param mask  as in a call
  [[nodiscard]] bool cudnn_eligible(TensorView<const bool> mask = {}) const;

  [[nodiscard]] std::string type_name() const override { return "GRU"; }

 protected:
  RecurrentOutput<T> run_loop(const Variable<T>& inputs,
                              std::span<const Variable<T>> states,
                              TensorView<const bool> mask,
                              const CallOptions<T>& options) override;

 private:
  using GRU::RNNWith::options_;
};

/// Why these options cannot run as one fused op; empty if they can. The only place that decides.
[[nodiscard]] std::optional<std::string_view> fused_unsupported_reason(const GRUOptions& options);

}  // namespace rondo
