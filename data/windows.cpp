#include "rondo/data/windows.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr const char* op = "WindowDataset";

Shape table_shape(const Shape& series) {
  if (series.rank() == 1) {
    return {series[0], 1};
  }
  if (series.rank() != 2) {
    throw_shape_error(op, "the series must be [L, F] or [L]", {{"series", series}});
  }
  return series;
}

std::size_t count_windows(const Shape& table, const WindowOptions& options) {
  const std::pair<std::string_view, std::size_t> sizes[] = {
      {"window", options.window}, {"horizon", options.horizon}, {"stride", options.stride}};
  for (const auto& [name, value] : sizes) {
    if (value == 0) {
      throw_argument_error(op, fmt::format("{} must be positive, got 0", name));
    }
  }
  if (options.target_column >= table[1]) {
    throw_argument_error(op,
                         fmt::format("target_column {} does not exist, the series has {} columns",
                                     options.target_column,
                                     table[1]));
  }
  const std::size_t length = table[0];
  if (options.window > length || options.horizon > length - options.window) {
    throw_argument_error(op,
                         fmt::format("window {} and horizon {} do not fit a series of {} rows",
                                     options.window,
                                     options.horizon,
                                     length));
  }
  return (length - options.window - options.horizon) / options.stride + 1;
}

}  // namespace

template <Real T>
WindowDataset<T>::WindowDataset(TensorView<const T> series, WindowOptions options)
    : options_(options), size_(count_windows(table_shape(series.shape()), options)) {
  const Shape table = table_shape(series.shape());
  series_ = Tensor<T>::from_values(table, series.span());
  layout_.inputs = {options.window, table[1]};
  layout_.targets = {options.sequence_target ? options.horizon : 1};
}

template <Real T>
void WindowDataset<T>::copy_sample(std::size_t index, const SampleSlot<T>& slot) const {
  const std::size_t columns = layout_.inputs[1];
  const std::span<T> inputs = slot.inputs();
  std::copy_n(series_.data() + index * options_.stride * columns, inputs.size(), inputs.begin());
  const std::span<T> targets = slot.targets();
  const std::size_t first_row = target_row(index) + 1 - targets.size();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i] = series_.data()[(first_row + i) * columns + options_.target_column];
  }
}

template class WindowDataset<float>;
template class WindowDataset<double>;

}  // namespace rondo
