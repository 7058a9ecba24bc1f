#include "rondo/timeseries/detail/forecast_network.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/core/ops_quantile_loss.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/layer_normalization.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"

namespace rondo::detail {

namespace {

using LayerPointer = std::unique_ptr<Layer<float>>;
using MakeRecurrent = LayerPointer (*)(const ForecasterOptions&, std::size_t index);

std::string recurrent_name(std::size_t index) {
  return fmt::format("recurrent_{}", index);
}

std::string normalization_name(std::size_t index) {
  return fmt::format("normalization_{}", index);
}

template <template <class> class Recurrent, class Options>
LayerPointer recurrent(const ForecasterOptions& options, std::size_t index) {
  Options own{.units = options.units[index]};
  own.dropout = options.dropout;
  own.recurrent_dropout = options.recurrent_dropout;
  own.return_sequences = index + 1 < options.units.size();
  own.name = recurrent_name(index);
  return std::make_unique<Recurrent<float>>(own);
}

constexpr std::array cells{
    Named<MakeRecurrent>{{"gru", "GRU"}, recurrent<GRU, GRUOptions>},
    Named<MakeRecurrent>{{"lstm", "LSTM"}, recurrent<LSTM, LSTMOptions>},
    Named<MakeRecurrent>{{"rnn", "SimpleRNN"}, recurrent<SimpleRNN, SimpleRNNOptions>}};

/// raw @ this: column 0 is the median, the others are steps away from it.
Tensor<float> sums_of_steps(std::size_t quantiles, std::size_t median) {
  auto result = Tensor<float>::zeros({quantiles, quantiles});
  const auto set = [&](std::size_t row, std::size_t column, float value) {
    result.data()[row * quantiles + column] = value;
  };
  for (std::size_t q = 0; q < quantiles; ++q) {
    set(0, q, 1.0F);
    for (std::size_t above = median + 1; above <= q; ++above) {
      set(above, q, 1.0F);
    }
    for (std::size_t below = q; below < median; ++below) {
      set(below + 1, q, -1.0F);
    }
  }
  return result;
}

}  // namespace

std::size_t median_of(const std::vector<double>& quantiles) {
  const auto nearest = std::ranges::min_element(
      quantiles, {}, [](double quantile) { return std::abs(quantile - 0.5); });
  return static_cast<std::size_t>(nearest - quantiles.begin());
}

Variable<float> rising_quantiles(const Variable<float>& raw, std::size_t median) {
  const std::size_t quantiles = raw.shape().back();
  if (quantiles == 1) {
    return raw;
  }
  const auto steps = softplus(slice(raw, -1, 1, quantiles));
  return matmul(concat({slice(raw, -1, 0, 1), steps}),
                raw.tape().constant(sums_of_steps(quantiles, median)));
}

std::unique_ptr<Model<float>> forecast_network(const ForecasterOptions& options,
                                               std::size_t num_targets) {
  const auto make = get_named("Forecaster", cells, options.cell).value;
  std::vector<LayerPointer> layers;
  for (std::size_t i = 0; i < options.units.size(); ++i) {
    layers.push_back(make(options, i));
    if (options.layer_normalization) {
      layers.push_back(std::make_unique<LayerNormalization<float>>(
          LayerNormalizationOptions{.name = normalization_name(i)}));
    }
  }
  const std::size_t quantiles = options.quantiles.size();
  layers.push_back(std::make_unique<Dense<float>>(
      DenseOptions{.units = options.horizon * num_targets * quantiles, .name = "quantiles"}));
  const auto call = [depth = options.units.size(),
                     normalized = options.layer_normalization,
                     horizon = options.horizon,
                     num_targets,
                     quantiles,
                     median = median_of(options.quantiles)](ModelCall<float>& m) {
    Variable<float> x = m.input(0);
    for (std::size_t i = 0; i < depth; ++i) {
      x = m(recurrent_name(i), x);
      x = normalized ? m(normalization_name(i), x) : x;
    }
    if (m.num_inputs() > 1) {
      x = concat({x, m.input(1)});
    }
    const Variable<float> raw = m("quantiles", x);
    const Shape shape{raw.shape()[0], horizon, num_targets, quantiles};
    return rising_quantiles(reshape(raw, shape), median);
  };
  return std::make_unique<Model<float>>("forecaster", call, std::move(layers));
}

Loss<float> known_quantile_loss(std::vector<double> quantiles) {
  return [quantiles = std::move(quantiles)](const Variable<float>& predictions,
                                            TensorView<const float> targets,
                                            const ReductionOptions<float>& reduction) {
    const auto known = predictions.tape().array<bool>(targets.size());
    std::ranges::transform(targets, known.begin(), [](float y) { return !std::isnan(y); });
    ReductionOptions<float> of_known = reduction;
    of_known.mask = {known.data(), targets.shape()};
    return quantile_loss(predictions, targets, quantiles, of_known);
  };
}

}  // namespace rondo::detail
