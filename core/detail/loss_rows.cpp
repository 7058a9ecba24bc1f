#include "rondo/core/detail/loss_rows.hpp"

#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

/// Whether the longer shape is the other with one more axis, of size 1.
bool is_longer(const Shape& longer, const Shape& shorter) {
  return longer.rank() == shorter.rank() + 1 && longer.back() == 1 &&
         longer.erase(longer.rank() - 1) == shorter;
}

/// The common shape: the shorter one, but at least rank 2 if one of the two has it.
Shape fixed_shape(const char* op, const Shape& predictions, const Shape& targets) {
  if (predictions == targets) {
    return predictions;
  }
  const bool more_predictions = is_longer(predictions, targets);
  if (!more_predictions && !is_longer(targets, predictions)) {
    throw_shape_error(op,
                      "targets do not fit the predictions",
                      {{"predictions", predictions}, {"targets", targets}});
  }
  const Shape& longer = more_predictions ? predictions : targets;
  const Shape& shorter = more_predictions ? targets : predictions;
  return shorter.rank() == 1 ? longer : shorter;
}

}  // namespace

LossRows mean_rows(const char* op,
                   const Shape& predictions,
                   const Shape& targets,
                   std::span<const Shape> weights_and_mask) {
  const Shape fixed = fixed_shape(op, predictions, targets);
  if (fixed.size() == 0) {
    throw_shape_error(op, "there is nothing to average", {{"predictions", predictions}});
  }
  const bool elements =
      fixed.rank() == 0 || std::any_of(weights_and_mask.begin(),
                                       weights_and_mask.end(),
                                       [&](const Shape& given) { return given == fixed; });
  if (elements) {
    return {fixed, 1};
  }
  return {fixed.erase(fixed.rank() - 1), fixed.back()};
}

LossRows class_rows(const char* op, const Shape& predictions, const Shape& targets) {
  if (predictions != targets || predictions.rank() == 0 || predictions.size() == 0) {
    throw_shape_error(op,
                      "expected equal shapes [.., classes]",
                      {{"predictions", predictions}, {"targets", targets}});
  }
  return {predictions.erase(predictions.rank() - 1), predictions.back()};
}

LossRows label_rows(const char* op, const Shape& predictions, const Shape& labels) {
  const bool fits = predictions.rank() > 0 && predictions.size() > 0 &&
                    (is_longer(predictions.with_dim(predictions.rank() - 1, 1), labels) ||
                     predictions.with_dim(predictions.rank() - 1, 1) == labels);
  if (!fits) {
    throw_shape_error(op,
                      "expected predictions [.., classes] and labels [..]",
                      {{"predictions", predictions}, {"labels", labels}});
  }
  return {predictions.erase(predictions.rank() - 1), predictions.back()};
}

std::size_t checked_label(const char* op, double label, std::size_t row, std::size_t classes) {
  if (!(label >= 0.0 && label < static_cast<double>(classes)) || label != std::floor(label)) {
    throw_argument_error(
        op,
        fmt::format(
            "label {} at position {} is not a whole number in [0, {})", label, row, classes));
  }
  return static_cast<std::size_t>(label);
}

std::size_t samples_per_value(const char* op,
                              const char* name,
                              const Shape& samples,
                              const Shape& given) {
  std::size_t shared = 0;
  while (shared < std::min(samples.rank(), given.rank()) && given[shared] == samples[shared]) {
    ++shared;
  }
  if (given.product(shared, given.rank()) != 1) {
    throw_shape_error(op,
                      fmt::format("the shape of {} does not fit the samples", name),
                      {{name, given}, {"samples", samples}});
  }
  return samples.product(shared, samples.rank());
}

template <Real T>
LossWeights<T> loss_weights(const char* op,
                            Tape<T>& tape,
                            const Shape& samples,
                            const ReductionOptions<T>& options,
                            std::span<const bool> counted) {
  const std::size_t rows = samples.size();
  const RowWeights<T> of_row(op, samples, options.sample_weights, options.mask);
  LossWeights<T> result{.reduced = options.reduction != Reduction::none};
  auto sum = static_cast<double>(rows);
  auto kept = static_cast<double>(rows);
  if (of_row.given() || !counted.empty()) {
    const auto weights = tape.template array<T>(rows);
    sum = kept = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
      const bool counts = of_row.keeps(row) && (counted.empty() || counted[row]);
      weights[row] = counts ? of_row(row) : T{0};
      sum += static_cast<double>(weights[row]);
      kept += counts ? 1.0 : 0.0;
    }
    result.weights = weights.data();
  }
  switch (options.reduction) {
    case Reduction::sum_over_batch_size:
      result.divisor = kept;
      break;
    case Reduction::mean_with_sample_weight:
      result.divisor = sum;
      break;
    case Reduction::sum:
    case Reduction::none:
      break;
  }
  return result;
}

#define RONDO_INSTANTIATE(T)            \
  template LossWeights<T> loss_weights( \
      const char*, Tape<T>&, const Shape&, const ReductionOptions<T>&, std::span<const bool>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo::detail
