#include "rondo/optim/metrics/mean.hpp"

#include <cmath>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
LossMetric<T>::LossMetric(std::string name, Loss<T> loss, double sign)
    : MeanMetric<T>(std::move(name)),
      loss_(std::move(loss)),
      sign_(sign),
      tape_(std::make_unique<Tape<T>>(TapeOptions{.recording = false})) {
  if (!loss_.takes_options()) {
    throw_argument_error("LossMetric", "the loss must take weights and masks");
  }
}

template <Real T>
void LossMetric<T>::update(TensorView<const T> predictions,
                           TensorView<const T> targets,
                           TensorView<const T> sample_weights,
                           TensorView<const bool> mask) {
  tape_->reset();
  const Variable<T> losses =
      loss_(tape_->borrow(predictions),
            targets,
            {.reduction = Reduction::none, .sample_weights = sample_weights, .mask = mask});
  const Shape samples = losses.shape();
  const detail::RowWeights<T> weight(this->name().c_str(), samples, sample_weights, mask);
  double values = 0.0, weights = 0.0;
  for (std::size_t row = 0; row < samples.size(); ++row) {
    values += sign_ * static_cast<double>(losses.value()[row]);
    weights += static_cast<double>(weight(row));
  }
  this->add(samples, values, weights);
}

template <Real T>
double RootMeanSquaredError<T>::result() const {
  return std::sqrt(LossMetric<T>::result());
}

template class LossMetric<float>;
template class LossMetric<double>;
template class RootMeanSquaredError<float>;
template class RootMeanSquaredError<double>;

}  // namespace rondo
