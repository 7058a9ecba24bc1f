#include "rondo/optim/layer_loss.hpp"

#include <algorithm>
#include <utility>

#include "rondo/core/error.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/ops_reduce.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

namespace {

/// Whether the first two axes are those of the mask and more follow.
bool has_steps(const Shape& shape, const Shape& mask, std::size_t smallest_rank) {
  return shape.rank() >= smallest_rank && shape[0] == mask[0] && shape[1] == mask[1];
}

/// [N, S, ..] → [N · S, ..], or with `rows` instead of N · S
Shape as_rows(const Shape& shape, std::size_t rows) {
  return shape.erase(0).with_dim(0, rows);
}

/// What a loss without options compares: rows of predictions and targets.
template <Real T>
struct Rows {
  Variable<T> predictions;      // [R, ..]
  TensorView<const T> targets;  // [R, ..]
  std::span<const T> weights;   // R values, or none
};

/// The steps that the mask keeps, as rows.
template <Real T>
Rows<T> valid_steps(const Variable<T>& predictions,
                    const Batch<T>& batch,
                    TensorView<const bool> mask) {
  const Shape shape = batch.targets.shape();
  Tape<T>& tape = predictions.tape();
  const auto valid = static_cast<std::size_t>(std::count(mask.begin(), mask.end(), true));
  const auto indices = tape.template array<std::int32_t>(valid);
  const Shape kept_shape = as_rows(shape, valid);
  const auto kept = tape.template array<T>(kept_shape.size());
  const auto weights = tape.template array<T>(batch.sample_weights ? valid : 0);
  const std::size_t per_weight =
      mask.size() / std::max<std::size_t>(1, batch.sample_weights.size());
  const std::size_t row = shape.product(2, shape.rank());
  std::size_t n = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (!mask[i]) {
      continue;
    }
    indices[n] = static_cast<std::int32_t>(i);
    std::copy_n(batch.targets.data() + i * row, row, kept.data() + n * row);
    if (!weights.empty()) {
      weights[n] = batch.sample_weights[i / per_weight];
    }
    ++n;
  }
  const auto rows = reshape(predictions, as_rows(predictions.shape(), mask.size()));
  return {gather(rows, std::span<const std::int32_t>(indices)),
          TensorView<const T>(kept.data(), kept_shape),
          weights};
}

/// Σ wₙ lossₙ / N; a loss of one row is the mean over this row, whatever the loss is.
template <Real T>
Variable<T> weighted_loss(const Loss<T>& loss, const Rows<T>& rows) {
  const Shape shape = rows.targets.shape();
  const std::size_t count = shape[0];
  const std::size_t size = shape.product(1, shape.rank());
  if (rows.weights.size() != count) {
    throw_argument_error("Trainer",
                         "sample weights of steps need a loss that takes ReductionOptions");
  }
  Variable<T> sum;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = loss(slice(rows.predictions, 0, i, i + 1),
                            {rows.targets.data() + i * size, shape.with_dim(0, 1)});
    const auto part = value * (rows.weights[i] / static_cast<T>(count));
    sum = sum ? sum + part : part;
  }
  return sum;
}

/// Weights and mask by the loss itself if it takes them, else row by row.
template <Real T>
Variable<T> loss_of(const Loss<T>& loss,
                    const Variable<T>& predictions,
                    const Batch<T>& batch,
                    TensorView<const bool> mask) {
  if (mask && !has_steps(batch.targets.shape(), mask.shape(), 2)) {
    throw_shape_error("Trainer",
                      "a mask reaches the output, so targets must be [N, steps, ..]",
                      {{"targets", batch.targets.shape()}, {"mask", mask.shape()}});
  }
  if (loss.takes_options()) {
    return loss(predictions, batch.targets, {.sample_weights = batch.sample_weights, .mask = mask});
  }
  const bool masked = mask && std::find(mask.begin(), mask.end(), false) != mask.end();
  const auto weights = batch.sample_weights ? batch.sample_weights.span() : std::span<const T>{};
  const Rows<T> rows =
      masked ? valid_steps(predictions, batch, mask) : Rows<T>{predictions, batch.targets, weights};
  if (masked && rows.targets.shape()[0] == 0) {
    return sum(rows.predictions);  // 0 without a slope, as a loss that takes the mask gives
  }
  return rows.weights.empty() ? loss(rows.predictions, rows.targets) : weighted_loss(loss, rows);
}

}  // namespace

template <Real T>
std::span<const Variable<T>> extra_inputs_on(Tape<T>& tape, const Batch<T>& batch) {
  const auto variables = tape.template array<Variable<T>>(batch.extra_inputs.size());
  std::transform(batch.extra_inputs.begin(),
                 batch.extra_inputs.end(),
                 variables.begin(),
                 [&](TensorView<const T> values) { return tape.borrow(values); });
  return variables;
}

template <Real T>
BatchLoss<T> make_layer_loss(Layer<T>& model, Loss<T> loss) {
  return [&model, loss = std::move(loss)](
             Tape<T>& tape, const Batch<T>& batch, CallOptions<T> options) {
    const Variable<T> inputs = tape.borrow(batch.inputs);
    options.extra_inputs = extra_inputs_on(tape, batch);
    const Variable<T> predictions = model(inputs, options);
    const auto mask = model.compute_mask(inputs, options.mask);
    const bool has_mask = mask && has_steps(predictions.shape(), mask.shape(), 3);
    const auto kept = has_mask ? mask : TensorView<const bool>{};
    return BatchResult<T>(loss_of(loss, predictions, batch, kept), predictions, kept);
  };
}

template std::span<const Variable<float>> extra_inputs_on(Tape<float>&, const Batch<float>&);
template std::span<const Variable<double>> extra_inputs_on(Tape<double>&, const Batch<double>&);
template BatchLoss<float> make_layer_loss(Layer<float>&, Loss<float>);
template BatchLoss<double> make_layer_loss(Layer<double>&, Loss<double>);

}  // namespace rondo
