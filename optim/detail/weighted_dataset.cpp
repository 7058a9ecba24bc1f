#include "rondo/optim/detail/weighted_dataset.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

void check_classes(const ClassWeights& classes, const Shape& targets) {
  if (targets.rank() > 1) {
    throw_shape_error("Trainer",
                      "class_weight needs one class for each sample: a number, or one value for "
                      "each class",
                      {{"targets without batch", targets}});
  }
  const bool one_hot = targets.rank() == 1 && targets[0] > 1;
  for (const auto& [index, weight] : classes) {
    if (index < 0 || (one_hot && static_cast<std::size_t>(index) >= targets[0])) {
      throw_argument_error("Trainer",
                           fmt::format("class_weight names class {}, which targets {} cannot have",
                                       index,
                                       to_string(targets)));
    }
    if (!(std::isfinite(weight) && weight >= 0.0)) {
      throw_argument_error(
          "Trainer",
          fmt::format(
              "class_weight must be finite and not negative, got {} for class {}", weight, index));
    }
  }
}

}  // namespace

template <Real T>
void WeightedDataset<T>::add_weights(const char* option) {
  if (layout_.sample_weights) {
    throw_argument_error(
        "Trainer",
        fmt::format("{} and the data set's own sample weights exclude one another", option));
  }
  layout_.sample_weights = true;
}

template <Real T>
WeightedDataset<T>::WeightedDataset(const Dataset<T>& dataset, TensorView<const T> weights)
    : dataset_(&dataset), layout_(dataset.layout()), weights_(weights) {
  add_weights("sample_weight");
  const Shape expected{dataset.size()};
  if (weights.shape() != expected) {
    throw_shape_error("Trainer",
                      "sample_weight must have one value for each sample",
                      {{"sample_weight", weights.shape()}, {"expected", expected}});
  }
  const auto bad = std::find_if_not(
      weights.begin(), weights.end(), [](T weight) { return std::isfinite(weight); });
  if (bad != weights.end()) {
    throw_argument_error(
        "Trainer",
        fmt::format("sample_weight must be finite, got {} at {}", *bad, bad - weights.begin()));
  }
}

template <Real T>
WeightedDataset<T>::WeightedDataset(const Dataset<T>& dataset, const ClassWeights& classes)
    : dataset_(&dataset), layout_(dataset.layout()), classes_(&classes) {
  add_weights("class_weight");
  check_classes(classes, layout_.targets);
}

template <Real T>
double WeightedDataset<T>::weight_of_class(std::size_t index, std::span<const T> targets) const {
  double number = static_cast<double>(targets[0]);
  if (targets.size() > 1) {
    number =
        static_cast<double>(std::max_element(targets.begin(), targets.end()) - targets.begin());
  }
  if (!(number >= 0.0 && number < 0x1.0p31 && number == std::floor(number))) {
    throw_argument_error(
        "Trainer",
        fmt::format("class_weight: the target {} of sample {} is no class", number, index));
  }
  const auto found = classes_->find(static_cast<int>(number));
  return found != classes_->end() ? found->second : 1.0;
}

template <Real T>
void WeightedDataset<T>::copy_sample(std::size_t index, const SampleSlot<T>& slot) const {
  dataset_->copy_sample(index, slot);
  slot.sample_weight()[0] = classes_ != nullptr
                                ? static_cast<T>(weight_of_class(index, slot.targets()))
                                : weights_[index];
}

template class WeightedDataset<float>;
template class WeightedDataset<double>;

}  // namespace rondo::detail
