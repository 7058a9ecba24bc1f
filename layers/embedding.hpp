/// A vector for each whole number.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

struct EmbeddingOptions {
  /// How many numbers there are: inputs lie in [0, input_dim).
  std::size_t input_dim = 0;
  /// Size of the vectors.
  std::size_t output_dim = 0;
  Initializer embeddings_initializer = "uniform";
  Regularizer embeddings_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint embeddings_constraint = {};
  /// Input 0 means "no value here": the layers behind skip the step.
  bool mask_zero = false;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("input_dim", o.input_dim...);
    visit("output_dim", o.output_dim...);
    visit("embeddings_initializer", o.embeddings_initializer...);
    visit("embeddings_regularizer", o.embeddings_regularizer...);
    visit("activity_regularizer", o.activity_regularizer...);
    visit("embeddings_constraint", o.embeddings_constraint...);
    visit("mask_zero", o.mask_zero...);
  }
};

/// y = embeddings[x]
///
/// | weight     | shape                   |
/// | embeddings | [input_dim, output_dim] |
///
/// Inputs [N, ..], whole numbers; output [N, .., output_dim]. An incoming mask is not passed on.
template <Real T = float>
class Embedding : public LayerWith<Embedding<T>, EmbeddingOptions, Layer<T>> {
 public:
  /// @throws ArgumentError unless input_dim and output_dim are positive
  explicit Embedding(EmbeddingOptions options);  // is an option misspelt?

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  /// The activity penalty is divided by the batch.
  [[nodiscard]] bool independent_samples() const override { return !options_.activity_regularizer; }

  [[nodiscard]] std::string type_name() const override { return "Embedding"; }

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  using Embedding::LayerWith::options_;

  Parameter<T>* embeddings_ = nullptr;
};

}  // namespace rondo
