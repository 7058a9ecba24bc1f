/// A sequence read in both directions.
#pragma once

#include "rondo/layers/recurrent/rnn.hpp"

namespace rondo {

struct BidirectionalOptions {
  MergeMode merge_mode = MergeMode::concat;
  /// Of both layers. Default return_sequences, as in Keras, whatever the layers say; under their
  /// profile tfjs what they say.
  std::optional<bool> zero_output_for_mask = {};
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("merge_mode", o.merge_mode...);
    visit("zero_output_for_mask", o.zero_output_for_mask...);
  }
};

/// Runs two layers with weights of their own, one of them from the last step to the first. With
/// return_sequences the backward outputs are flipped into the order of time before merging, and
/// masked steps are zero, as in Keras. Inputs, masks and outputs are time-major if the layers are.
///
/// Weights: all of the forward layer, then all of the backward one.
template <Real T = float>
class Bidirectional : public Layer<T> {
 public:
  /// The layer is the pattern for both directions: `forward_gru`, `backward_gru`.
  /// @throws ArgumentError if it goes backwards already
  template <std::derived_from<RNN<T>> R>
  explicit Bidirectional(const R& layer, BidirectionalOptions options = {})
      : Bidirectional(pattern(layer, false), pattern(layer, true), std::move(options)) {}

  /// @throws ArgumentError if a layer is missing, unless the directions differ and
  ///         return_sequences, return_state, stateful and time_major agree
  Bidirectional(std::unique_ptr<RNN<T>> forward,
                std::unique_ptr<RNN<T>> backward,
                BidirectionalOptions options = {});

  struct Outputs {
    RecurrentOutput<T> forward;
    RecurrentOutput<T> backward;  // flipped into the order of time
  };

  /// Both outputs before merging, and the final states. initial_state: the forward layer's states,
  /// then the backward layer's.
  Outputs run_both(const Variable<T>& inputs, const CallOptions<T>& options = {});

  /// The merged output; the forward layer's states, then the backward layer's.
  /// @throws StateError for merge_mode none
  RecurrentOutput<T> run(const Variable<T>& inputs, const CallOptions<T>& options = {});

  /// Forgets the stored states of both layers.
  /// @throws StateError if they are not stateful
  void reset_states();

  /// Stores these states instead: the forward layer's, then the backward layer's.
  /// @throws ArgumentError for an odd number; else as RNN
  void reset_states(std::span<const Tensor<T>> values);

  /// @throws StateError for merge_mode none
  [[nodiscard]] Variable<T> merge(const Outputs& outputs) const;

  [[nodiscard]] RNN<T>& forward_layer() { return *forward_; }

  [[nodiscard]] RNN<T>& backward_layer() { return *backward_; }

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  [[nodiscard]] std::string type_name() const override { return "Bidirectional"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;
  [[nodiscard]] Shape sample_shape_of(const Shape& inputs) const override;

  [[nodiscard]] bool is_model() const override { return false; }

 private:
  static std::unique_ptr<RNN<T>> pattern(const RNN<T>& layer, bool backwards);

  RNN<T>* forward_;
  RNN<T>* backward_;
  BidirectionalOptions options_;
};

template <class R>
Bidirectional(const R&, BidirectionalOptions = {}) -> Bidirectional<typename R::value_type>;

}  // namespace rondo
