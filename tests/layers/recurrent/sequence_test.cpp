// Whole sequences against plain loops, over sizes on both sides of a vector register and all
// options of the loop.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace sequence_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;
using test::RealTypes;

namespace {

using Values = std::vector<double>;

struct Sizes {
  std::size_t batch, steps, units;
};

constexpr std::size_t features = 3;

/// What one call is given.
struct Case {
  Sizes sizes;
  GRUOptions options;
  bool masked = false;
  bool initial_state = false;

  [[nodiscard]] Tensor<double> inputs() const {
    return random_tensor<double>({sizes.batch, sizes.steps, features}, 1, -2, 2);
  }

  [[nodiscard]] Tensor<double> first_state() const {
    const Shape shape{sizes.batch, sizes.units};
    return initial_state ? random_tensor<double>(shape, 2) : Tensor<double>::zeros(shape);
  }

  /// About a third of the steps is masked, anywhere.
  [[nodiscard]] Tensor<bool> valid() const {
    auto mask = Tensor<bool>::full({sizes.batch, sizes.steps}, true);
    Rng rng(3);
    std::generate_n(mask.data(), mask.size(), [&] { return !masked || rng.uniform() > 0.33; });
    return mask;
  }
};

struct Result {
  Values outputs;  // [N, S, H] or [N, H]
  Values states;
};

/// Sample by sample, step by step, as the definition of the loop says.
Result reference(const Case& c, const test::ReferenceStep& step) {
  const auto x = c.inputs(), first = c.first_state();
  const auto valid = c.valid();
  Result result;
  for (std::size_t n = 0; n < c.sizes.batch; ++n) {
    const double* const begin = first.data() + n * c.sizes.units;
    Values state(begin, begin + c.sizes.units);
    Values output(c.sizes.units, 0.0);
    for (std::size_t i = 0; i < c.sizes.steps; ++i) {
      const std::size_t at =
          n * c.sizes.steps + (c.options.go_backwards ? c.sizes.steps - 1 - i : i);
      if (valid.data()[at]) {
        state = step({x.data() + at * features, x.data() + (at + 1) * features}, state);
        output = state;
      } else if (c.options.zero_output_for_mask) {
        output.assign(c.sizes.units, 0.0);
      }
      if (c.options.return_sequences || i + 1 == c.sizes.steps) {
        result.outputs.insert(result.outputs.end(), output.begin(), output.end());
      }
    }
    result.states.insert(result.states.end(), state.begin(), state.end());
  }
  return result;
}

test::ReferenceStep reference_step(const GRU<double>& gru, std::size_t units) {
  const auto weights = gru.weights();
  const auto bias = test::doubles(weights[2]->value());
  const auto columns = static_cast<std::ptrdiff_t>(3 * units);
  return {.units = units,
          .reset_after = true,
          .kernel = test::doubles(weights[0]->value()),
          .recurrent_kernel = test::doubles(weights[1]->value()),
          .bias = {bias.begin(), bias.begin() + columns},
          .recurrent_bias = {bias.begin() + columns, bias.end()},
          .activation = [](double v) { return std::tanh(v); },
          .recurrent_activation = [](double v) { return 1.0 / (1.0 + std::exp(-v)); }};
}

template <Real T>
Tensor<T> converted(const Tensor<double>& tensor) {
  return test::tensor<T>(tensor.shape(), test::doubles(tensor.view()));
}

template <Real T>
GRU<T> make_gru(const Case& c) {
  GRU<T> gru(c.options);
  gru.build({c.sizes.steps, features});
  test::randomize(gru, 10);
  return gru;
}

template <Real T>
void check(Case c) {
  c.options.units = c.sizes.units;
  const Result expected = reference(c, reference_step(make_gru<double>(c), c.sizes.units));
  auto gru = make_gru<T>(c);
  Tape<T> tape;
  const std::array initial{tape.constant(converted<T>(c.first_state()))};
  const auto valid = c.valid();
  CallOptions<T> call;
  if (c.masked) {
    call.mask = valid;
  }
  if (c.initial_state) {
    call.initial_state = initial;
  }
  const auto [output, states] = gru.run(tape.constant(converted<T>(c.inputs())), call);
  check_close(output, expected.outputs, 10 * test::tolerance<T>);
  check_close(states[0], expected.states, 10 * test::tolerance<T>);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_sequences)

BOOST_AUTO_TEST_CASE_TEMPLATE(all_sizes, T, RealTypes) {
  for (const std::size_t batch : {1u, 3u}) {
    for (const std::size_t steps : {1u, 2u, 5u}) {
      for (const std::size_t units : {1u, 7u, 8u, 17u}) {
        BOOST_TEST_CONTEXT("batch " << batch << ", steps " << steps << ", units " << units) {
          check<T>({.sizes = {batch, steps, units}, .options = {.return_sequences = true}});
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(all_options_of_the_loop, T, RealTypes) {
  for (int bits = 0; bits < 32; ++bits) {
    const auto on = [&](int bit) { return ((bits >> bit) & 1) != 0; };
    BOOST_TEST_CONTEXT("return_sequences " << on(0) << ", go_backwards " << on(1)
                                           << ", zero_output_for_mask " << on(2) << ", masked "
                                           << on(3) << ", initial_state " << on(4)) {
      check<T>({.sizes = {3, 5, 7},
                .options = {.return_sequences = on(0),
                            .go_backwards = on(1),
                            .zero_output_for_mask = on(2)},
                .masked = on(3),
                .initial_state = on(4)});
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sequence_test
