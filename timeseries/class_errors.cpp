#include "rondo/timeseries/class_errors.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

void check_classes(const char* op, std::span<const std::size_t> labels, std::size_t classes) {
  for (const std::size_t label : labels) {
    if (label >= classes) {
      throw_argument_error(op,
                           fmt::format("class {} does not exist, there are {}", label, classes));
    }
  }
}

/// The counts of one class, from which everything follows.
struct Counts {
  std::size_t right = 0;
  std::size_t actual = 0;
  std::size_t predicted = 0;
};

Counts counts_of(const ClassErrors& errors, std::size_t c) {
  Counts counts{.right = errors.confusion[c][c]};
  for (std::size_t other = 0; other < errors.confusion.size(); ++other) {
    counts.actual += errors.confusion[c][other];
    counts.predicted += errors.confusion[other][c];
  }
  return counts;
}

double ratio(std::size_t part, std::size_t all) {
  return static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

ClassErrors class_errors(std::span<const std::size_t> actual,
                         std::span<const std::size_t> predicted,
                         std::size_t classes) {
  constexpr const char* op = "class_errors";
  if (actual.size() != predicted.size()) {
    throw_shape_error(
        op, fmt::format("{} actual classes, {} predicted ones", actual.size(), predicted.size()));
  }
  if (actual.empty()) {
    throw_argument_error(op, "there is nothing to measure");
  }
  if (classes > most_classes) {
    throw_argument_error(
        op, fmt::format("{} classes, at most {} are told apart", classes, most_classes));
  }
  check_classes(op, actual, classes);
  check_classes(op, predicted, classes);
  ClassErrors errors;
  errors.confusion.assign(classes, std::vector<std::size_t>(classes, 0));
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ++errors.confusion[actual[i]][predicted[i]];
  }
  std::size_t right = 0, occurring = 0, seen = 0;
  double recalls = 0.0, scores = 0.0;
  for (std::size_t c = 0; c < classes; ++c) {
    const Counts counts = counts_of(errors, c);
    right += counts.right;
    if (counts.actual > 0) {
      recalls += ratio(counts.right, counts.actual);
      ++occurring;
    }
    if (counts.actual + counts.predicted > 0) {
      scores += ratio(2 * counts.right, counts.actual + counts.predicted);
      ++seen;
    }
  }
  errors.accuracy = ratio(right, actual.size());
  errors.balanced_accuracy = recalls / static_cast<double>(occurring);
  errors.f1 = scores / static_cast<double>(seen);
  return errors;
}

std::vector<std::size_t> most_probable(TensorView<const double> probabilities) {
  const std::size_t rows = probabilities.shape()[0], classes = probabilities.shape()[1];
  std::vector<std::size_t> result(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double* const begin = probabilities.data() + row * classes;
    result[row] = static_cast<std::size_t>(std::max_element(begin, begin + classes) - begin);
  }
  return result;
}

std::vector<double> balanced_class_weights(std::span<const std::size_t> labels,
                                           std::size_t classes) {
  check_classes("balanced_class_weights", labels, classes);
  std::vector<double> weights(classes, 1.0);
  for (std::size_t c = 0; c < classes; ++c) {
    const auto members = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), c));
    if (members > 0) {
      weights[c] = ratio(labels.size(), classes * members);
    }
  }
  return weights;
}

}  // namespace rondo
