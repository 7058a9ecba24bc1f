/// What a model learns from: indexable samples, in memory or anywhere else, and how a part of them
/// is set aside. Batches are made by data/batch_loader.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// Views into buffers that the loader owns and reuses (D20); empty where not used.
template <Real T>
struct Batch {
  TensorView<const T> inputs = {};          // [N, ..]
  TensorView<const T> targets = {};         // [N, ..]
  TensorView<const bool> mask = {};         // [N, S], true = valid
  TensorView<const T> sample_weights = {};  // [N], or [N, S] if they are given per step
  std::span<const TensorView<const T>> extra_inputs = {};
};

/// What one sample consists of. Shapes have no batch axis.
struct SampleLayout {
  Shape inputs;
  Shape targets;
  bool mask = false;            // one value per step: [S], S = inputs[0]
  bool sample_weights = false;  // one number, or one per step
  std::vector<Shape> extra_inputs = {};
  bool step_weights = false;  // sample_weights are [S]
  /// Samples differ in their number of steps: inputs[0] is the largest, and the step axis of a
  /// batch is as long as its longest sample. What is behind the end of a sample is padding.
  bool ragged = false;
  bool step_targets = false;  // targets of a ragged layout begin with the step axis, too

  /// Shapes in a batch of n samples with `steps` steps; `steps` does not matter unless ragged.
  [[nodiscard]] Shape inputs_shape(std::size_t n, std::size_t steps) const;
  [[nodiscard]] Shape targets_shape(std::size_t n, std::size_t steps) const;
  [[nodiscard]] Shape mask_shape(std::size_t n, std::size_t steps) const;
  [[nodiscard]] Shape weights_shape(std::size_t n, std::size_t steps) const;
};

/// Where `Dataset::gather` writes: as `Batch`, but writable.
template <Real T>
struct BatchBuffers {
  TensorView<T> inputs = {};
  TensorView<T> targets = {};
  TensorView<bool> mask = {};
  TensorView<T> sample_weights = {};
  std::span<const TensorView<T>> extra_inputs = {};
};

/// The row of `BatchBuffers` that one sample is copied to. A view is empty unless the layout has
/// it.
template <Real T>
class SampleSlot {
 public:
  SampleSlot(const BatchBuffers<T>& buffers, std::size_t row) : buffers_(buffers), row_(row) {}

  [[nodiscard]] std::span<T> inputs() const { return row_of(buffers_.inputs); }

  [[nodiscard]] std::span<T> targets() const { return row_of(buffers_.targets); }

  [[nodiscard]] std::span<bool> mask() const { return row_of(buffers_.mask); }

  /// One number, or one per step.
  [[nodiscard]] std::span<T> sample_weight() const { return row_of(buffers_.sample_weights); }

  [[nodiscard]] std::span<T> extra_input(std::size_t i) const {
    return row_of(buffers_.extra_inputs[i]);
  }

 private:
  template <class U>
  [[nodiscard]] std::span<U> row_of(TensorView<U> batch) const {
    if (!batch) {
      return {};
    }
    const std::size_t size = batch.shape().product(1, batch.shape().rank());
    return {batch.data() + row_ * size, size};
  }

  const BatchBuffers<T>& buffers_;
  std::size_t row_;
};

/// Samples with an index. A data set of your own overrides the three virtual functions; `layout`
/// and `size` must not change while a loader uses it.
template <Real T>
class Dataset {
 public:
  using value_type = T;

  virtual ~Dataset() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;

  [[nodiscard]] virtual const SampleLayout& layout() const = 0;

  /// The steps of sample index, which is below size(). Only a ragged data set overrides it.
  [[nodiscard]] virtual std::size_t length(std::size_t) const { return layout().inputs[0]; }

  /// Copies sample index into the slot, all parts of the layout. index < size(). In a ragged data
  /// set the slot has room for at least length(index) steps; those behind them are filled as well.
  virtual void copy_sample(std::size_t index, const SampleSlot<T>& slot) const = 0;

  /// Copies samples[i] into row i of the buffers, without heap memory.
  ///
  /// @param samples  each in [0, size()); repetitions are allowed
  /// @param buffers  [n, ..] for n samples, exactly the parts of the layout; if it is ragged, with
  ///                 a step axis that holds the longest of the samples
  /// @throws ShapeError     if a buffer does not fit
  /// @throws ArgumentError  if an index is out of range
  void gather(std::span<const std::size_t> samples, const BatchBuffers<T>& buffers) const;

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;
  Dataset(Dataset&&) noexcept = default;
  Dataset& operator=(const Dataset&) = default;
  Dataset& operator=(Dataset&&) noexcept = default;
};

/// What a TensorDataset is made of; all leading sizes are N.
template <Real T>
struct TensorDatasetParts {
  Tensor<T> inputs = {};                         // [N, ..]
  Tensor<T> targets = {};                        // [N, ..]
  std::optional<Tensor<bool>> mask = {};         // [N, S], S = axis 1 of inputs
  std::optional<Tensor<T>> sample_weights = {};  // [N], or [N, S] with S = axis 1 of inputs
  std::vector<Tensor<T>> extra_inputs = {};      // each [N, ..]
};

/// Samples in memory.
template <Real T = float>
class TensorDataset : public Dataset<T> {
 public:
  /// @throws ShapeError if a leading size differs from that of inputs, or mask or weights do not
  /// fit
  explicit TensorDataset(TensorDatasetParts<T> parts);

  TensorDataset(Tensor<T> inputs, Tensor<T> targets)
      : TensorDataset({.inputs = std::move(inputs), .targets = std::move(targets)}) {}

  [[nodiscard]] std::size_t size() const override { return parts_.inputs.shape()[0]; }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override;

  [[nodiscard]] const TensorDatasetParts<T>& parts() const { return parts_; }

 private:
  TensorDatasetParts<T> parts_;
  SampleLayout layout_;
};

/// The samples [first, first + count) of another data set, which must outlive this one.
template <Real T = float>
class Subset : public Dataset<T> {
 public:
  /// @throws ArgumentError if the range exceeds the data set
  Subset(const Dataset<T>& dataset, std::size_t first, std::size_t count);
  Subset(const Dataset<T>&& temporary, std::size_t first, std::size_t count) = delete;

  [[nodiscard]] std::size_t size() const override { return count_; }

  [[nodiscard]] const SampleLayout& layout() const override { return dataset_->layout(); }

  [[nodiscard]] std::size_t length(std::size_t index) const override {
    return dataset_->length(first_ + index);
  }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override {
    dataset_->copy_sample(first_ + index, slot);
  }

 private:
  const Dataset<T>* dataset_;
  std::size_t first_;
  std::size_t count_;
};

template <Real T>
struct ValidationSplit {
  Subset<T> training;
  Subset<T> validation;
};

/// Sets aside the last part for validation, before any shuffling, as Keras' validation_split:
/// the first floor(size (1 - fraction)) samples train. Neighbouring windows of a series share
/// values, so those at the cut are not independent of the training part.
///
/// @param dataset   must outlive the result
/// @param fraction  in (0, 1)
/// @throws ArgumentError if fraction is out of range or one of the parts would be empty
template <Real T>
[[nodiscard]] ValidationSplit<T> split_for_validation(const Dataset<T>& dataset, double fraction);
template <Real T>
ValidationSplit<T> split_for_validation(const Dataset<T>&& temporary, double fraction) = delete;

}  // namespace rondo
