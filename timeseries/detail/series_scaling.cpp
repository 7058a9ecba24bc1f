#include "rondo/timeseries/detail/series_scaling.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/timeseries/detail/missing.hpp"

namespace rondo::detail {

namespace {

std::vector<double> known_values(std::span<const Tensor<double>> series, std::size_t channel) {
  std::vector<double> values;
  for (const Tensor<double>& each : series) {
    for (std::size_t i = channel; i < each.size(); i += each.shape()[1]) {
      if (!std::isnan(each.data()[i])) {
        values.push_back(each.data()[i]);
      }
    }
  }
  return values;
}

/// @param mean  for a channel without values
void fill(Tensor<double>& series, std::size_t channel, double mean) {
  const std::size_t width = series.shape()[1];
  double last = missing_value;
  for (std::size_t i = channel; i < series.size() && std::isnan(last); i += width) {
    last = series.data()[i];  // of the first known one, for those before it
  }
  last = std::isnan(last) ? mean : last;
  for (std::size_t i = channel; i < series.size(); i += width) {
    double& value = series.data()[i];
    last = value = std::isnan(value) ? last : value;
  }
}

}  // namespace

void fit_scaler(StandardScaler<double>& scaler, std::span<const Tensor<double>> series) {
  std::vector<double> offset, scale;
  for (std::size_t channel = 0; channel < series[0].shape()[1]; ++channel) {
    const std::vector<double> values = known_values(series, channel);
    if (values.empty()) {
      throw_argument_error("classifier",
                           fmt::format("channel {} has no values in any series", channel + 1));
    }
    StandardScaler<double> one;
    one.fit(TensorView<const double>(values.data(), {values.size(), 1}));
    offset.push_back(one.offset()[0]);
    scale.push_back(one.scale()[0]);
  }
  scaler.set_parameters(offset, scale);
}

Tensor<float> scaled_series(const StandardScaler<double>& scaler,
                            const Tensor<double>& series,
                            const std::string& where) {
  const std::size_t channels = scaler.scale().size();
  const Shape shape = series.shape();
  if (shape.rank() != 2 || shape.size() == 0 || shape[1] != channels) {
    throw_shape_error("classifier",
                      fmt::format("{}: expected a series [steps, {}]", where, channels),
                      {{"series", shape}});
  }
  Tensor<double> filled = series;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    fill(filled, channel, scaler.offset()[channel]);
  }
  const Tensor<double> exact = scaler.transform(filled.view());
  Tensor<float> result(shape);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    result.data()[i] = static_cast<float>(exact.data()[i]);
    if (!std::isfinite(result.data()[i])) {
      throw_argument_error(
          "classifier",
          fmt::format(
              "{}: value {} of channel {} is {}, out of all proportion to those of training, "
              "which deviate by {} from {}",
              where,
              i / channels + 1,
              i % channels + 1,
              filled.data()[i],
              scaler.scale()[i % channels],
              scaler.offset()[i % channels]));
    }
  }
  return result;
}

}  // namespace rondo::detail
