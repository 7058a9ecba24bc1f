// One GRU layer as a user calls it: forward and backward, and step by step.
#include <memory>
#include <numeric>

#include "rondo/bench/rondo_contestant.hpp"
#include "rondo/core/core.hpp"
#include "rondo/layers/layers.hpp"

namespace rondo::bench {

namespace {

GRUOptions options_of(const Work& work) {
  GRUOptions options{.units = work.shape.units, .seed = 1};
  const bool composite = work.kind == "composite" || work.kind == "composite_gru";
  options.use_fused = composite ? UseFused::off : UseFused::on;
  options.dropout = work.variant == "dropout" ? dropout_rate : 0.0;
  options.recurrent_dropout = work.variant == "recurrent_dropout" ? dropout_rate : 0.0;
  options.reset_after = work.variant != "reset_before";
  options.go_backwards = work.variant == "go_backwards";
  options.return_sequences = work.variant == "return_sequences";
  return options;
}

void assign(Parameter<float>& parameter, const std::vector<float>& values) {
  parameter.assign(TensorView<const float>(values.data(), parameter.value().shape()));
}

void build(GRU<float>& layer, const GruShape& shape) {
  layer.build({shape.steps, shape.features}, 1);
  const GruValues given = gru_values(shape);
  assign(*layer.weights()[0], given.kernel);
  assign(*layer.weights()[1], given.recurrent_kernel);
  assign(*layer.weights()[2], given.bias);
}

/// Forward in training mode and backward from the sum of the output.
struct State {
  explicit State(const Work& work) : layer(options_of(work)), input_gradient(work.input_gradient) {
    const auto [batch, steps, features, units] = work.shape;
    inputs = std::make_unique<Parameter<float>>(
        "inputs",
        Tensor<float>::from_values({batch, steps, features}, gru_values(work.shape).inputs));
    build(layer, work.shape);
    weights = layer.weights();
    if (work.variant == "mask") {
      mask = std::make_unique<bool[]>(batch * steps);
      mask_view = {mask.get(), {batch, steps}};
      for (std::size_t n = 0; n < batch; ++n) {
        std::fill_n(mask.get() + n * steps, length_of(n, steps), true);
      }
    }
  }

  void run() {
    tape.reset();
    inputs->zero_grad();
    for (Parameter<float>* const weight : weights) {
      weight->zero_grad();
    }
    const auto x = input_gradient ? tape.parameter(*inputs) : tape.borrow(inputs->value());
    const auto total = sum(layer(x, {.training = true, .mask = mask_view}));
    tape.backward(total);
    result = static_cast<double>(total.item());
  }

  [[nodiscard]] double gradient() const {
    double total = 0.0;
    for (const float g : weights[1]->grad()) {
      total += static_cast<double>(g) * static_cast<double>(g);
    }
    return total;
  }

  GRU<float> layer;
  Tape<float> tape;
  bool input_gradient;
  std::unique_ptr<Parameter<float>> inputs;  // a parameter's gradient needs no copy of the values
  std::vector<Parameter<float>*> weights;
  std::unique_ptr<bool[]> mask;  // NOLINT(modernize-avoid-c-arrays): vector<bool> has no array
  TensorView<const bool> mask_view;
  double result = 0.0;
};

/// One step of inference after another.
Prepared stream(const Work& work) {
  struct Stream {
    GRUStream<float> stream;
    std::vector<float> x;
  };

  GRU<float> layer(options_of(work));
  build(layer, work.shape);
  const auto state =
      std::make_shared<Stream>(Stream{GRUStream<float>(layer), gru_values(work.shape).inputs});
  return {.run = [state] { state->stream.step(state->x); },
          .results =
              [state] {
                const auto h = state->stream.state();
                return Results{.result = std::accumulate(h.begin(), h.end(), 0.0)};
              }};
}

bool is_random(const Work& work) {
  return work.variant == "dropout" || work.variant == "recurrent_dropout";
}

}  // namespace

Prepared prepare_gru(const Work& work) {
  if (work.kind == "stream") {
    return stream(work);
  }
  if (work.kind != "forward_backward" && work.kind != "composite" && work.kind != "composite_gru" &&
      work.kind != "tape_bytes") {
    return {};
  }
  const auto state = std::make_shared<State>(work);
  Prepared prepared{.run = [state] { state->run(); }};
  if (work.kind == "tape_bytes") {
    prepared.results = [state] {
      const std::size_t bytes =
          state->tape.values().bytes_in_use() + state->tape.gradients().bytes_in_use();
      return Results{.result = static_cast<double>(bytes)};
    };
  } else if (!is_random(work)) {
    prepared.results = [state] { return Results{state->result, state->gradient()}; };
  }
  return prepared;
}

}  // namespace rondo::bench
