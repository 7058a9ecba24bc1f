/// A data set whose samples get weights by their number or by their class; for the sources of this
/// folder.
#pragma once

#include <map>

#include "rondo/data/dataset.hpp"

namespace rondo::detail {

/// One weight for each class; a class that is not named has weight 1.
using ClassWeights = std::map<int, double>;

template <Real T>
class WeightedDataset final : public Dataset<T> {
 public:
  /// @param dataset, weights  must outlive this one
  /// @throws ShapeError     unless weights are [N]
  /// @throws ArgumentError  if the data set has weights of its own, or one is not finite
  WeightedDataset(const Dataset<T>& dataset, TensorView<const T> weights);

  /// Targets are class numbers, [] or [1], or one value for each class, [C]: the largest one
  /// counts.
  /// @throws ShapeError     for targets of another rank
  /// @throws ArgumentError  for a class that cannot be, a weight that is negative or not finite, or
  ///                        if the data set has weights of its own
  WeightedDataset(const Dataset<T>& dataset, const ClassWeights& classes);

  [[nodiscard]] std::size_t size() const override { return dataset_->size(); }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  [[nodiscard]] std::size_t length(std::size_t index) const override {
    return dataset_->length(index);
  }

  /// @throws ArgumentError for a class number that is not whole or negative
  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override;

 private:
  void add_weights(const char* option);
  [[nodiscard]] double weight_of_class(std::size_t index, std::span<const T> targets) const;

  const Dataset<T>* dataset_;
  SampleLayout layout_;
  TensorView<const T> weights_;
  const ClassWeights* classes_ = nullptr;
};

}  // namespace rondo::detail
