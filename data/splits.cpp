#include "rondo/data/splits.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/rng.hpp"

namespace rondo {

namespace {

void check_shares(const char* op, double validation, double test) {
  const std::pair<const char*, double> shares[] = {{"validation", validation}, {"test", test}};
  for (const auto& [name, share] : shares) {
    if (!(share >= 0.0 && share < 1.0)) {
      throw_argument_error(op, fmt::format("{} must lie in [0, 1), got {}", name, share));
    }
  }
  if (validation + test >= 1.0) {
    throw_argument_error(
        op, fmt::format("validation {} and test {} leave nothing to train", validation, test));
  }
}

void check_part(const char* op, const char* name, std::size_t size, double share) {
  if (size == 0 && share > 0.0) {
    throw_argument_error(op, fmt::format("the {} part would be empty", name));
  }
}

std::size_t share_of(std::size_t size, double share) {
  return static_cast<std::size_t>(std::llround(static_cast<double>(size) * share));
}

}  // namespace

template <Real T>
Selection<T>::Selection(const Dataset<T>& dataset, std::vector<std::size_t> samples)
    : dataset_(&dataset), samples_(std::move(samples)) {
  for (const std::size_t sample : samples_) {
    if (sample >= dataset.size()) {
      throw_argument_error(
          "Selection",
          fmt::format("sample {} does not exist, there are {}", sample, dataset.size()));
    }
  }
}

template <Real T>
TimeSplit<T> split_by_time(const Dataset<T>& dataset, const TimeSplitOptions& options) {
  constexpr const char* op = "split_by_time";
  check_shares(op, options.validation, options.test);
  const std::size_t size = dataset.size();
  const std::size_t test = share_of(size, options.test);
  const std::size_t validation = std::min(share_of(size, options.validation), size - test);
  const std::size_t train_end = size - test - validation;
  // A cut that sets nothing aside needs no gap.
  const auto without_gap = [&](std::size_t count, bool followed) {
    return followed ? count - std::min(count, options.gap) : count;
  };
  const std::size_t training = without_gap(train_end, validation + test > 0);
  const std::size_t kept_validation = without_gap(validation, test > 0);
  check_part(op, "training", training, 1.0);
  check_part(op, "validation", kept_validation, options.validation);
  check_part(op, "test", test, options.test);
  return {Subset<T>(dataset, 0, training),
          Subset<T>(dataset, train_end, kept_validation),
          Subset<T>(dataset, size - test, test)};
}

template <Real T>
IndexSplit split_by_class(std::span<const T> labels,
                          const SplitOptions& options,
                          std::uint64_t seed) {
  constexpr const char* op = "split_by_class";
  check_shares(op, options.validation, options.test);
  std::map<T, std::vector<std::size_t>> classes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::isnan(labels[i])) {
      throw_argument_error(op, fmt::format("the label of sample {} is nan", i));
    }
    classes[labels[i]].push_back(i);
  }
  Rng rng(seed);
  IndexSplit split;
  for (auto& [label, samples] : classes) {
    rng.shuffle(samples);
    const auto test_end =
        samples.begin() + static_cast<std::ptrdiff_t>(share_of(samples.size(), options.test));
    const std::size_t validation = std::min(share_of(samples.size(), options.validation),
                                            static_cast<std::size_t>(samples.end() - test_end));
    const auto validation_end = test_end + static_cast<std::ptrdiff_t>(validation);
    split.test.insert(split.test.end(), samples.begin(), test_end);
    split.validation.insert(split.validation.end(), test_end, validation_end);
    split.training.insert(split.training.end(), validation_end, samples.end());
  }
  for (auto* part : {&split.training, &split.validation, &split.test}) {
    std::sort(part->begin(), part->end());
  }
  check_part(op, "training", split.training.size(), 1.0);
  check_part(op, "validation", split.validation.size(), options.validation);
  check_part(op, "test", split.test.size(), options.test);
  return split;
}

#define RONDO_INSTANTIATE(T)                                                          \
  template class Selection<T>;                                                        \
  template TimeSplit<T> split_by_time<T>(const Dataset<T>&, const TimeSplitOptions&); \
  template IndexSplit split_by_class<T>(std::span<const T>, const SplitOptions&, std::uint64_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
