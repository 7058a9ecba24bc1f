#include "rondo/optim/layer_loss.hpp"

#include <algorithm>
#include <utility>

#include "rondo/core/error.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

namespace {

template <Real T>
void check_batch(const Batch<T>& batch) {
  const auto refuse = [](const char* part) {
    throw_argument_error(
        "Trainer",
        std::string(part) +
            " of a batch are not available with a loss of predictions and targets: "
            "give a loss(tape, batch, options)");
  };
  if (batch.sample_weights) {
    refuse("sample_weights");
  }
  if (!batch.extra_inputs.empty()) {
    refuse("extra_inputs");
  }
}

/// Whether the first two axes are those of the mask and more follow.
bool has_steps(const Shape& shape, const Shape& mask, std::size_t smallest_rank) {
  return shape.rank() >= smallest_rank && shape[0] == mask[0] && shape[1] == mask[1];
}

/// [N, S, ..] → [N · S, ..], or with `rows` instead of N · S
Shape as_rows(const Shape& shape, std::size_t rows) {
  return shape.erase(0).with_dim(0, rows);
}

/// The loss over the steps that the mask keeps.
template <Real T>
Variable<T> masked_loss(const Loss<T>& loss,
                        const Variable<T>& predictions,
                        TensorView<const T> targets,
                        TensorView<const bool> mask) {
  if (!has_steps(targets.shape(), mask.shape(), 2)) {
    throw_shape_error("Trainer",
                      "a mask reaches the output, so targets must be [N, steps, ..]",
                      {{"targets", targets.shape()}, {"mask", mask.shape()}});
  }
  Tape<T>& tape = predictions.tape();
  const auto valid = static_cast<std::size_t>(std::count(mask.begin(), mask.end(), true));
  const auto indices = tape.template array<std::int32_t>(valid);
  const Shape kept_shape = as_rows(targets.shape(), valid);
  const auto kept = tape.template array<T>(kept_shape.size());
  const std::size_t row = targets.shape().product(2, targets.shape().rank());
  std::size_t n = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) {
      indices[n] = static_cast<std::int32_t>(i);
      std::copy_n(targets.data() + i * row, row, kept.data() + n * row);
      ++n;
    }
  }
  const auto rows = reshape(predictions, as_rows(predictions.shape(), mask.size()));
  return loss(gather(rows, std::span<const std::int32_t>(indices)),
              TensorView<const T>(kept.data(), kept_shape));
}

}  // namespace

template <Real T>
BatchLoss<T> make_layer_loss(Layer<T>& model, Loss<T> loss) {
  return [&model, loss = std::move(loss)](
             Tape<T>& tape, const Batch<T>& batch, const CallOptions<T>& options) {
    check_batch(batch);
    const Variable<T> inputs = tape.borrow(batch.inputs);
    const Variable<T> predictions = model(inputs, options);
    const auto mask = model.compute_mask(inputs, options.mask);
    const bool masked = mask && has_steps(predictions.shape(), mask.shape(), 3) &&
                        std::find(mask.begin(), mask.end(), false) != mask.end();
    return masked ? masked_loss(loss, predictions, batch.targets, mask)
                  : loss(predictions, batch.targets);
  };
}

template BatchLoss<float> make_layer_loss(Layer<float>&, Loss<float>);
template BatchLoss<double> make_layer_loss(Layer<double>&, Loss<double>);

}  // namespace rondo
