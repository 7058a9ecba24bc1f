#include "rondo/timeseries/detail/classifier_layers.hpp"

#include <array>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/input.hpp"
#include "rondo/layers/recurrent/bidirectional.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"
#include "rondo/layers/sequential.hpp"

namespace rondo::detail {

namespace {

constexpr std::array<const char*, 3> cells{"gru", "lstm", "rnn"};

template <class Recurrent, class Options>
void add_recurrent(Sequential<float>& model,
                   const ClassifierOptions& options,
                   std::size_t units,
                   bool last) {
  Options own;
  own.units = units;
  own.recurrent_dropout = options.recurrent_dropout;
  own.return_sequences = !last;
  if (options.bidirectional) {
    model.add(Bidirectional<float>(Recurrent(own)));
  } else {
    model.add(Recurrent(own));
  }
}

}  // namespace

void check_cell(const std::string& cell) {
  if (std::find(cells.begin(), cells.end(), cell) == cells.end()) {
    throw_argument_error("classifier", unknown_name("cell", cell, cells));
  }
}

std::unique_ptr<Layer<float>> classifier_layers(const ClassifierOptions& options,
                                                std::size_t channels,
                                                std::size_t classes) {
  auto model = std::make_unique<Sequential<float>>();
  model->add(Input<float>({.shape = {std::nullopt, channels}}));
  for (std::size_t i = 0; i < options.units.size(); ++i) {
    const bool last = i + 1 == options.units.size();
    if (options.cell == "gru") {
      add_recurrent<GRU<float>, GRUOptions>(*model, options, options.units[i], last);
    } else if (options.cell == "lstm") {
      add_recurrent<LSTM<float>, LSTMOptions>(*model, options, options.units[i], last);
    } else {
      add_recurrent<SimpleRNN<float>, SimpleRNNOptions>(*model, options, options.units[i], last);
    }
    if (options.dropout > 0.0) {
      model->add(Dropout<float>({.rate = options.dropout}));
    }
  }
  model->add(Dense<float>({.units = classes, .activation = "softmax"}));
  return model;
}

}  // namespace rondo::detail
