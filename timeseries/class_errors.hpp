/// How good a classifier is, and weights for classes of different sizes; scikit-learn's definitions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// So many classes are told apart at most: a confusion matrix has their square.
constexpr std::size_t most_classes = 1000;

struct ClassErrors {
  double accuracy = 0.0;  // share that is right
  double balanced_accuracy =
      0.0;          // the mean, over the classes that occur, of the share that is right
  double f1 = 0.0;  // macro: the mean of F1 over classes that occur or were predicted
  /// [actual][predicted]: how many.
  std::vector<std::vector<std::size_t>> confusion = {};
};

/// @param actual, predicted  classes, below `classes`, of the same series
/// @throws ArgumentError if there is none, a class is out of range, or there are more than most_classes
/// @throws ShapeError    if their numbers differ
[[nodiscard]] ClassErrors class_errors(std::span<const std::size_t> actual,
                                       std::span<const std::size_t> predicted,
                                       std::size_t classes);

/// The most probable class of each row; of equal ones the first.
/// @param probabilities  [N, C]
[[nodiscard]] std::vector<std::size_t> most_probable(TensorView<const double> probabilities);

/// N / (classes · members) for each class, so that all count the same; 1 for one without members.
/// @throws ArgumentError if a class is out of range
[[nodiscard]] std::vector<double> balanced_class_weights(std::span<const std::size_t> labels,
                                                         std::size_t classes);

}  // namespace rondo
