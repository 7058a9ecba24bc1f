#include "rondo/optim/metrics/likelihood.hpp"

#include <cmath>
#include <numbers>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

namespace {

template <Real T>
std::unique_ptr<Tape<T>> inference_tape() {
  return std::make_unique<Tape<T>>(TapeOptions{.recording = false});
}

template <Real T>
double sum_of(const Variable<T>& losses) {
  double total = 0.0;
  for (const T loss : losses.value()) {
    total += static_cast<double>(loss);
  }
  return total;
}

}  // namespace

template <Real T>
LabelLikelihood<T>::LabelLikelihood(const LikelihoodOptions& options, std::string name)
    : MeanMetric<T>(std::move(name)), options_(options), tape_(inference_tape<T>()) {}

template <Real T>
void LabelLikelihood<T>::update(TensorView<const T> predictions,
                                TensorView<const T> labels,
                                TensorView<const T> sample_weights,
                                TensorView<const bool> mask) {
  tape_->reset();
  const Variable<T> losses = sparse_categorical_crossentropy(
      tape_->borrow(predictions),
      labels,
      {.from_logits = options_.from_logits, .ignore_class = options_.ignore_class},
      {.reduction = Reduction::none, .sample_weights = sample_weights, .mask = mask});
  const detail::RowWeights<T> weight(this->name().c_str(), losses.shape(), sample_weights, mask);
  double weights = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const bool ignored =
        options_.ignore_class && labels[row] == static_cast<T>(*options_.ignore_class);
    weights += ignored ? 0.0 : static_cast<double>(weight(row));
  }
  this->add_exactly(sum_of(losses), weights);
}

template <Real T>
double Perplexity<T>::result() const {
  return std::exp(LabelLikelihood<T>::result());
}

template <Real T>
double BitsPerCharacter<T>::result() const {
  return LabelLikelihood<T>::result() / std::numbers::ln2;
}

template <Real T>
FrameNegativeLogLikelihood<T>::FrameNegativeLogLikelihood(const FrameLikelihoodOptions& options,
                                                          std::string name)
    : MeanMetric<T>(std::move(name)), options_(options), tape_(inference_tape<T>()) {}

template <Real T>
void FrameNegativeLogLikelihood<T>::update(TensorView<const T> predictions,
                                           TensorView<const T> targets,
                                           TensorView<const T> sample_weights,
                                           TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const auto rows = detail::class_rows(op, predictions.shape(), targets.shape());
  tape_->reset();
  const Variable<T> means = binary_crossentropy(
      tape_->borrow(predictions),
      targets,
      {.from_logits = options_.from_logits},
      {.reduction = Reduction::none, .sample_weights = sample_weights, .mask = mask});
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  double weights = 0.0;
  for (std::size_t row = 0; row < rows.samples.size(); ++row) {
    weights += static_cast<double>(weight(row));
  }
  this->add_exactly(sum_of(means) * static_cast<double>(rows.width), weights);
}

#define RONDO_INSTANTIATE(T)          \
  template class LabelLikelihood<T>;  \
  template class Perplexity<T>;       \
  template class BitsPerCharacter<T>; \
  template class FrameNegativeLogLikelihood<T>;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
