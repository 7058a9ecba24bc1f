// Outputs that Keras prints for constant weights.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace golden_constants_test {

using namespace rondo;
using test::check_printed;
using test::mask;
using test::RealTypes;
using test::tensor;

namespace {

constexpr double printed = 1e-6;

GRUOptions with_constant_weights(GRUOptions options) {
  options.kernel_initializer = initializers::constant(0.01);
  options.recurrent_initializer = initializers::constant(0.02);
  options.bias_initializer = initializers::constant(0.03);
  return options;
}

/// 0, 1, 2, … in row-major order.
template <Real T>
Tensor<T> counting(const Shape& shape) {
  Tensor<T> result(shape);
  std::generate_n(result.data(), shape.size(), [i = T{0}]() mutable { return i++; });
  return result;
}

/// All units of a sample have the same value.
template <Real T>
void check_last_outputs(const GRUOptions& options,
                        const Shape& inputs,
                        std::initializer_list<double> per_sample,
                        int calls = 1) {
  GRU<T> gru(with_constant_weights(options));
  std::vector<double> expected;
  for (const double value : per_sample) {
    expected.insert(expected.end(), options.units, value);
  }
  Tape<T> tape;
  Variable<T> output;
  for (int i = 0; i < calls; ++i) {
    output = gru(tape.constant(counting<T>(inputs)));
  }
  check_printed(output.value(), expected, printed);
}

template <Real T>
void check_masked(const GRUOptions& options, const std::vector<double>& expected) {
  GRU<T> gru(with_constant_weights(options));
  const auto valid = mask({2, 4}, {true, true, false, true, true, false, false, true});
  Tape<T> tape;
  const auto output = gru(tape.constant(counting<T>({2, 4, 3})), {.mask = valid});
  check_printed(output.value(), expected, printed);
}

template <Real T>
void check_with_initial_state(const GRUOptions& options, const std::vector<double>& expected) {
  GRU<T> gru(with_constant_weights(options));
  Tape<T> tape;
  const std::array initial{tape.constant(tensor<T>({2, 2}, {0, 1, 2, 3}))};
  const auto output = gru(tape.constant(counting<T>({2, 4, 3})), {.initial_state = initial});
  check_printed(output.value(), expected, printed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_golden_constants)

BOOST_AUTO_TEST_CASE_TEMPLATE(default_options, T, RealTypes) {
  check_last_outputs<T>({.units = 3}, {3, 6, 4}, {0.5217289, 0.6371659, 0.3938496});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(backwards, T, RealTypes) {
  check_last_outputs<T>(
      {.units = 3, .go_backwards = true}, {3, 6, 4}, {0.24406259, 0.611516, 0.3928808});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_before_the_recurrent_product, T, RealTypes) {
  check_last_outputs<T>(
      {.units = 3, .reset_after = false}, {3, 6, 4}, {0.51447755, 0.6426879, 0.40208298});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_bias, T, RealTypes) {
  check_last_outputs<T>(
      {.units = 3, .use_bias = false}, {3, 6, 4}, {0.49988455, 0.64701194, 0.4103359});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_second_call_of_a_stateful_layer, T, RealTypes) {
  check_last_outputs<T>(
      {.units = 4, .stateful = true}, {2, 3, 4}, {0.29542392, 0.5885018}, /*calls=*/2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_initial_state, T, RealTypes) {
  check_with_initial_state<T>({.units = 2}, {0.23774096, 0.33508456, 0.83659905, 1.0227708});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_initial_state_backwards, T, RealTypes) {
  check_with_initial_state<T>({.units = 2, .go_backwards = true},
                              {0.13486053, 0.23261218, 0.78257304, 0.9691353});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_repeats_the_previous_output, T, RealTypes) {
  constexpr double a = 0.03606692, b = 0.09497581, c = 0.19393763, d = 0.16051409, e = 0.30818558;
  check_masked<T>({.units = 2, .return_sequences = true},
                  {a, a, b, b, b, b, c, c, d, d, d, d, d, d, e, e});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_with_zero_output_for_mask, T, RealTypes) {
  constexpr double a = 0.03606692, b = 0.09497581, c = 0.19393763, d = 0.16051409, e = 0.30818558;
  check_masked<T>({.units = 2, .return_sequences = true, .zero_output_for_mask = true},
                  {a, a, b, b, 0, 0, c, c, d, d, 0, 0, 0, 0, e, e});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_backwards, T, RealTypes) {
  check_masked<T>({.units = 2, .go_backwards = true},
                  {0.11669192, 0.11669192, 0.28380975, 0.28380975});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace golden_constants_test
