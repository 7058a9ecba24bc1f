#include "rondo/data/scaler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

namespace rondo {

namespace {

template <Real T>
T forward(T value, double offset, double scale) {
  return static_cast<T>((static_cast<double>(value) - offset) / scale);
}

template <Real T>
T backward(T value, double offset, double scale) {
  return static_cast<T>(static_cast<double>(value) * scale + offset);
}

/// Applies f(value, offset, scale) with the parameters of column i mod F, beginning at `first`.
template <Real T>
Tensor<T> map_columns(TensorView<const T> values,
                      std::span<const double> offset,
                      std::span<const double> scale,
                      T (*f)(T, double, double)) {
  Tensor<T> result(values.shape());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t column = i % scale.size();
    result.data()[i] = f(values[i], offset[column], scale[column]);
  }
  return result;
}

}  // namespace

template <Real T>
void Scaler<T>::fit(TensorView<const T> values) {
  const Shape& shape = values.shape();
  if (shape.rank() != 2 || shape.size() == 0) {
    throw_shape_error(name(), "values must be [L, F] with at least one row", {{"values", shape}});
  }
  const std::size_t rows = shape[0], columns = shape[1];
  std::vector<double> offset(columns), scale(columns), column(rows);
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < rows; ++i) {
      column[i] = static_cast<double>(values[i * columns + j]);
      if (!std::isfinite(column[i])) {
        throw_argument_error(name(),
                             fmt::format("the value in row {}, column {} is {}", i, j, column[i]));
      }
    }
    const auto [smallest, largest] = std::minmax_element(column.begin(), column.end());
    if (!std::isfinite(*largest - *smallest)) {
      throw_argument_error(
          name(),
          fmt::format(
              "column {} reaches from {} to {}: more than a number holds", j, *smallest, *largest));
    }
    const Affine affine = fit_column(column);
    offset[j] = affine.offset;
    scale[j] = affine.scale;
  }
  set_parameters(offset, scale);
}

template <Real T>
Tensor<T> Scaler<T>::transform(TensorView<const T> values) const {
  check_width(values);
  return map_columns<T>(values, offset_, scale_, forward<T>);
}

template <Real T>
Tensor<T> Scaler<T>::inverse_transform(TensorView<const T> values) const {
  check_width(values);
  return map_columns<T>(values, offset_, scale_, backward<T>);
}

template <Real T>
Tensor<T> Scaler<T>::transform(TensorView<const T> values, std::size_t column) const {
  check_column(column);
  return map_columns<T>(values, {&offset_[column], 1}, {&scale_[column], 1}, forward<T>);
}

template <Real T>
Tensor<T> Scaler<T>::inverse_transform(TensorView<const T> values, std::size_t column) const {
  check_column(column);
  return map_columns<T>(values, {&offset_[column], 1}, {&scale_[column], 1}, backward<T>);
}

template <Real T>
T Scaler<T>::transform(T value, std::size_t column) const {
  check_column(column);
  return forward(value, offset_[column], scale_[column]);
}

template <Real T>
T Scaler<T>::inverse_transform(T value, std::size_t column) const {
  check_column(column);
  return backward(value, offset_[column], scale_[column]);
}

template <Real T>
void Scaler<T>::set_parameters(std::span<const double> offset, std::span<const double> scale) {
  if (offset.size() != scale.size() || scale.empty()) {
    throw_shape_error(name(),
                      "offset and scale must have one value per column",
                      {{"offset", Shape{offset.size()}}, {"scale", Shape{scale.size()}}});
  }
  for (std::size_t j = 0; j < scale.size(); ++j) {
    if (!std::isfinite(offset[j]) || !std::isfinite(scale[j]) || scale[j] <= 0.0) {
      throw_argument_error(
          name(),
          fmt::format("column {}: offset {} and scale {} must be finite, scale > 0",
                      j,
                      offset[j],
                      scale[j]));
    }
  }
  offset_.assign(offset.begin(), offset.end());
  scale_.assign(scale.begin(), scale.end());
}

template <Real T>
std::string Scaler<T>::to_json() const {
  check_fitted();
  return to_text({{"scaler", name()}, {"offset", offset_}, {"scale", scale_}});
}

template <Real T>
void Scaler<T>::from_json(std::string_view json) {
  const auto fail = [this](std::string_view problem) {
    throw_format_error(name(), fmt::format("not the JSON of this scaler: {}", problem));
  };
  std::string problem;
  const Json parsed = parse_json(json, 2, &problem);
  if (parsed.is_discarded()) {
    fail(problem);
  }
  try {
    const auto kind = parsed.at("scaler").get<std::string>();
    if (kind != name()) {
      fail(fmt::format("it is that of '{}'", kind));
    }
    set_parameters(parsed.at("offset").get<std::vector<double>>(),
                   parsed.at("scale").get<std::vector<double>>());
  } catch (const Json::exception& error) {
    fail(error.what());
  } catch (const ArgumentError& error) {
    fail(error.what());
  } catch (const ShapeError& error) {
    fail(error.what());
  }
}

template <Real T>
void Scaler<T>::check_fitted() const {
  if (!is_fitted()) {
    throw_state_error(name(), "used before fit()");
  }
}

template <Real T>
void Scaler<T>::check_width(TensorView<const T> values) const {
  check_fitted();
  const Shape& shape = values.shape();
  if (shape.rank() == 0 || shape.back() != scale_.size()) {
    throw_shape_error(name(),
                      fmt::format("the last axis must be the {} fitted columns", scale_.size()),
                      {{"values", shape}});
  }
}

template <Real T>
void Scaler<T>::check_column(std::size_t column) const {
  check_fitted();
  if (column >= scale_.size()) {
    throw_argument_error(
        name(), fmt::format("column {} does not exist, {} were fitted", column, scale_.size()));
  }
}

template <Real T>
typename Scaler<T>::Affine StandardScaler<T>::fit_column(std::span<const double> values) const {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double smallest = *low, range = *high - smallest;
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  if (range <= 4.0 * epsilon * std::max(std::abs(smallest), std::abs(*high))) {
    return {smallest, 1.0};  // constant but for rounding
  }
  // Sums over numbers from 0 to 2: no offset hides what varies, no square vanishes or overflows.
  const double unit = std::ldexp(1.0, std::ilogb(range));
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double value : values) {
    mean += (value - smallest) / unit;
  }
  mean /= n;
  for (const double value : values) {
    const double deviation = (value - smallest) / unit - mean;
    squares += deviation * deviation;
  }
  return {smallest + unit * mean, unit * std::sqrt(squares / n)};
}

template <Real T>
MinMaxScaler<T>::MinMaxScaler(MinMaxScalerOptions options) : options_(options) {
  if (!(options.low < options.high) || !std::isfinite(options.high - options.low)) {
    throw_argument_error(name(),
                         fmt::format("low {} must be below high {}", options.low, options.high));
  }
}

template <Real T>
typename Scaler<T>::Affine MinMaxScaler<T>::fit_column(std::span<const double> values) const {
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  const double range = *largest == *smallest ? 1.0 : *largest - *smallest;
  const double scale = range / (options_.high - options_.low);
  return {*smallest - options_.low * scale, scale};
}

#define RONDO_INSTANTIATE(T)        \
  template class Scaler<T>;         \
  template class StandardScaler<T>; \
  template class MinMaxScaler<T>;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
