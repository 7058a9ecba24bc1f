#include "rondo/data/windows.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

Shape table_shape(const Shape& series) {
  if (series.rank() == 1) {
    return {series[0], 1};
  }
  if (series.rank() != 2) {
    throw_shape_error("WindowDataset", "the series must be [L, F] or [L]", {{"series", series}});
  }
  return series;
}

void check_sizes(const WindowOptions& options) {
  const std::pair<std::string_view, std::size_t> sizes[] = {
      {"window", options.window}, {"horizon", options.horizon}, {"stride", options.stride}};
  for (const auto& [name, value] : sizes) {
    if (value == 0) {
      throw_argument_error("WindowDataset", fmt::format("{} must be positive, got 0", name));
    }
  }
  if (options.sequence_target && options.step_targets) {
    throw_argument_error("WindowDataset", "sequence_target and step_targets exclude one another");
  }
}

void check_columns(std::string_view name,
                   std::span<const std::size_t> columns,
                   std::size_t existing) {
  for (const std::size_t column : columns) {
    if (column >= existing) {
      throw_argument_error(
          "WindowDataset",
          fmt::format("{} {} does not exist, the series has {} columns", name, column, existing));
    }
  }
}

std::size_t count_windows(std::size_t length, const WindowOptions& options) {
  if (options.window > length || options.horizon > length - options.window) {
    return 0;
  }
  return (length - options.window - options.horizon) / options.stride + 1;
}

/// Some columns of consecutive rows of a table, one row after another.
template <Real T>
void copy_columns(const Tensor<T>& table,
                  std::size_t first_row,
                  std::span<const std::size_t> columns,
                  std::size_t stride,
                  std::size_t rows,
                  T* destination) {
  const std::size_t width = table.shape()[1];
  for (std::size_t row = 0; row < rows; ++row) {
    const T* const from = table.data() + (first_row + row) * width;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      destination[row * stride + i] = from[columns[i]];
    }
  }
}

}  // namespace

template <Real T>
WindowDataset<T>::WindowDataset(TensorView<const T> series, const WindowOptions& options)
    : WindowDataset(std::span(&series, 1), options) {}

template <Real T>
WindowDataset<T>::WindowDataset(std::span<const TensorView<const T>> series,
                                const WindowOptions& options)
    : options_(options), first_sample_{0} {
  check_sizes(options_);
  if (series.empty()) {
    throw_argument_error("WindowDataset", "there are no series");
  }
  const std::size_t columns = table_shape(series[0].shape())[1];
  for (const TensorView<const T>& one : series) {
    const Shape table = table_shape(one.shape());
    if (table[1] != columns) {
      throw_shape_error("WindowDataset",
                        "the series differ in their columns",
                        {{"first", series[0].shape()}, {"other", one.shape()}});
    }
    series_.push_back(Tensor<T>::from_values(table, one.span()));
    first_sample_.push_back(first_sample_.back() + count_windows(table[0], options_));
  }
  make_layout(columns);
  if (size() == 0) {
    throw_argument_error(
        "WindowDataset",
        fmt::format("window {} and horizon {} do not fit {}",
                    options_.window,
                    options_.horizon,
                    series.size() == 1 ? fmt::format("a series of {} rows", series_[0].shape()[0])
                                       : fmt::format("any of the {} series", series.size())));
  }
}

template <Real T>
void WindowDataset<T>::make_layout(std::size_t columns) {
  input_columns_ = options_.input_columns;
  if (input_columns_.empty()) {
    input_columns_.resize(columns);
    std::iota(input_columns_.begin(), input_columns_.end(), std::size_t{0});
  }
  target_columns_ = options_.target_columns;
  if (target_columns_.empty()) {
    target_columns_ = {options_.target_column};
  }
  check_columns("target_column", target_columns_, columns);
  check_columns("input_column", input_columns_, columns);
  check_columns("future_column", options_.future_columns, columns);
  const std::size_t known = options_.future_columns.size();
  const bool as_features = options_.future_as == FutureColumns::features;
  layout_.inputs = {options_.window, input_columns_.size() + (as_features ? known : 0)};
  if (known > 0 && !as_features) {
    layout_.extra_inputs = {{options_.horizon, known}};
  }
  if (options_.sequence_target) {
    layout_.targets.append(options_.horizon);
  }
  if (options_.step_targets) {
    layout_.targets.append(options_.window);
  }
  if (target_columns_.size() > 1 || layout_.targets.rank() == 0) {
    layout_.targets.append(target_columns_.size());
  }
}

template <Real T>
std::size_t WindowDataset<T>::series_of(std::size_t index) const {
  const auto after = std::upper_bound(first_sample_.begin(), first_sample_.end(), index);
  return static_cast<std::size_t>(after - first_sample_.begin()) - 1;
}

template <Real T>
std::size_t WindowDataset<T>::start_of(std::size_t index) const {
  return (index - first_sample_[series_of(index)]) * options_.stride;
}

template <Real T>
void WindowDataset<T>::copy_sample(std::size_t index, const SampleSlot<T>& slot) const {
  const Tensor<T>& table = series_[series_of(index)];
  const std::size_t start = start_of(index), window = options_.window;
  const std::size_t width = layout_.inputs[1];
  const std::span<const std::size_t> known = options_.future_columns;
  copy_columns<T>(table, start, input_columns_, width, window, slot.inputs().data());
  if (options_.future_as == FutureColumns::features) {
    T* const beside = slot.inputs().data() + input_columns_.size();
    copy_columns<T>(table, start + options_.horizon, known, width, window, beside);
  } else if (!known.empty()) {
    copy_columns<T>(
        table, start + window, known, known.size(), options_.horizon, slot.extra_input(0).data());
  }
  const std::span<T> targets = slot.targets();
  const std::size_t rows = targets.size() / target_columns_.size();
  copy_columns<T>(table,
                  target_row(index) + 1 - rows,
                  target_columns_,
                  target_columns_.size(),
                  rows,
                  targets.data());
}

template class WindowDataset<float>;
template class WindowDataset<double>;

}  // namespace rondo
