/// How well a model of sequences predicts the next symbol or frame.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "rondo/optim/metrics/mean.hpp"

namespace rondo {

struct LikelihoodOptions {
  /// Predictions are unnormalised; otherwise probabilities.
  bool from_logits = false;
  /// Steps with this label do not count: the id of padding, if there is no mask.
  std::optional<int> ignore_class = std::nullopt;
};

/// The mean over all steps of −log p[label], in nats. Every step that counts has the same weight,
/// whatever the lengths of batches.
///
/// Predictions [.., C], labels [..] or [.., 1].
template <Real T>
class LabelLikelihood : public MeanMetric<T> {
 public:
  void update(TensorView<const T> predictions,
              TensorView<const T> labels,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] bool higher_is_better() const override { return false; }

 protected:
  LabelLikelihood(const LikelihoodOptions& options, std::string name);

 private:
  LikelihoodOptions options_;
  std::unique_ptr<Tape<T>> tape_;
};

/// exp of the mean of −log p[label]: between how many symbols the model hesitates.
template <Real T = float>
class Perplexity : public LabelLikelihood<T> {
 public:
  explicit Perplexity(const LikelihoodOptions& options = {}, std::string name = "perplexity")
      : LabelLikelihood<T>(options, std::move(name)) {}

  [[nodiscard]] double result() const override;
};

/// The mean of −log2 p[label].
template <Real T = float>
class BitsPerCharacter : public LabelLikelihood<T> {
 public:
  explicit BitsPerCharacter(const LikelihoodOptions& options = {},
                            std::string name = "bits_per_character")
      : LabelLikelihood<T>(options, std::move(name)) {}

  [[nodiscard]] double result() const override;
};

struct FrameLikelihoodOptions {
  bool from_logits = false;
};

/// The negative log-likelihood of a frame of independent bits (the notes of polyphonic music), in
/// nats: the mean over frames of Σ_f −y log p − (1−y) log(1−p).
/// Boulanger-Lewandowski, Bengio and Vincent 2012, "Modeling temporal dependencies in
/// high-dimensional sequences", arXiv:1206.6392.
///
/// Predictions and targets [.., F], one frame per row; every frame that counts has equal weight.
template <Real T = float>
class FrameNegativeLogLikelihood : public MeanMetric<T> {
 public:
  explicit FrameNegativeLogLikelihood(const FrameLikelihoodOptions& options = {},
                                      std::string name = "frame_negative_log_likelihood");

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] bool higher_is_better() const override { return false; }

 private:
  FrameLikelihoodOptions options_;
  std::unique_ptr<Tape<T>> tape_;
};

}  // namespace rondo
