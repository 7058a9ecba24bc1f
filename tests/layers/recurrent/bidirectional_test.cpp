// Both directions: merging, states, masks, stored states.
#include "rondo/layers/recurrent/bidirectional.hpp"

#include <nlohmann/json.hpp>

#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace bidirectional_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

/// Sums from both sides: of 1, 2, 3 the forward layer gives 10, 30, 60, the backward one 60,
/// 50, 30.
template <Real T>
Bidirectional<T> sums(MergeMode mode = MergeMode::concat, RNNOptions options = {}) {
  return Bidirectional<T>(RNN<T>(SumCell<T>(), std::move(options)), {.merge_mode = mode});
}

template <Real T>
Variable<T> one_two_three(Tape<T>& tape) {
  return tape.constant(tensor<T>({1, 3, 1}, {1, 2, 3}));
}

template <Real T>
std::vector<double> outputs(Bidirectional<T> layer, const CallOptions<T>& options = {}) {
  Tape<T> tape;
  return doubles(layer(one_two_three(tape), options).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_bidirectional)

BOOST_AUTO_TEST_CASE_TEMPLATE(last_outputs_are_merged, T, RealTypes) {
  BOOST_TEST(outputs(sums<T>(MergeMode::concat)) == (std::vector<double>{60, 60}));
  BOOST_TEST(outputs(sums<T>(MergeMode::sum)) == std::vector<double>{120});
  BOOST_TEST(outputs(sums<T>(MergeMode::mul)) == std::vector<double>{3600});
  BOOST_TEST(outputs(sums<T>(MergeMode::ave)) == std::vector<double>{60});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sequences_are_merged_step_by_step, T, RealTypes) {
  const RNNOptions sequences{.return_sequences = true};
  BOOST_TEST(outputs(sums<T>(MergeMode::concat, sequences)) ==
             (std::vector<double>{10, 60, 30, 50, 60, 30}));
  BOOST_TEST(outputs(sums<T>(MergeMode::sum, sequences)) == (std::vector<double>{70, 80, 90}));
  BOOST_TEST(outputs(sums<T>(MergeMode::mul, sequences)) == (std::vector<double>{600, 1500, 1800}));
  BOOST_TEST(outputs(sums<T>(MergeMode::ave, sequences)) == (std::vector<double>{35, 40, 45}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_merging_there_are_two_outputs, T, RealTypes) {
  auto layer = sums<T>(MergeMode::none, {.return_sequences = true});
  Tape<T> tape;
  const auto both = layer.run_both(one_two_three(tape));
  check_equal(doubles(both.forward.output.value()), std::vector<double>{10, 30, 60});
  check_equal(doubles(both.backward.output.value()), std::vector<double>{60, 50, 30});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_are_given_and_returned_in_halves, T, RealTypes) {
  auto layer = sums<T>();
  Tape<T> tape;
  const auto of = [&](double value) { return tape.constant(tensor<T>({1, 1}, {value})); };
  const std::array initial{of(100), of(0), of(200), of(10)};
  const auto [y, states] = layer.run(one_two_three(tape), {.initial_state = initial});
  check_equal(doubles(y.value()), std::vector<double>{1060, 2060});
  BOOST_REQUIRE(states.size() == 4);
  const std::array expected{106.0, 3.0, 206.0, 13.0};
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(states[i].item() == expected[i]);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_steps_of_sequences_are_zero, T, RealTypes) {
  const auto valid = mask({1, 3}, {true, false, true});
  BOOST_TEST(outputs(sums<T>(MergeMode::concat, {.return_sequences = true}), {.mask = valid}) ==
             (std::vector<double>{10, 40, 0, 0, 40, 30}));
  const auto end = mask({1, 3}, {true, true, false});
  BOOST_TEST(outputs(sums<T>(), {.mask = end}) == (std::vector<double>{30, 30}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zero_output_for_mask_can_be_given_for_both, T, RealTypes) {
  const auto run = [](RNNOptions options, std::optional<bool> zero) {
    options.return_sequences = true;
    const auto valid = mask({1, 3}, {true, false, true});
    return outputs(Bidirectional<T>(RNN<T>(SumCell<T>(), options), {.zero_output_for_mask = zero}),
                   {.mask = valid});
  };
  const std::vector<double> zeroed{10, 40, 0, 0, 40, 30};
  const std::vector<double> repeated{10, 40, 10, 30, 40, 30};
  BOOST_TEST(run({}, false) == repeated);
  BOOST_TEST(run({}, true) == zeroed);
  BOOST_TEST(run({.zero_output_for_mask = true}, false) == repeated);
  // TF.js: the state before a masked step instead of the output; a sum is a tenth of the output.
  const std::vector<double> of_tfjs{10, 40, 1, 3, 40, 30};
  BOOST_TEST(run({.compat = Compat::tfjs}, {}) == of_tfjs);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(both_layers_remember, T, RealTypes) {
  auto layer = sums<T>(MergeMode::concat, {.stateful = true});
  const auto call = [&] {
    Tape<T> tape;
    return doubles(layer(one_two_three(tape)).value());
  };
  BOOST_TEST(call() == (std::vector<double>{60, 60}));
  BOOST_TEST(call() == (std::vector<double>{120, 120}));
  layer.reset_states();
  BOOST_TEST(call() == (std::vector<double>{60, 60}));
  const auto of = [](double value) { return tensor<T>({1, 1}, {value}); };
  layer.reset_states(std::array{of(1), of(0), of(2), of(0)});
  BOOST_TEST(call() == (std::vector<double>{70, 80}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_mask_goes_on_behind_sequences, T, RealTypes) {
  const auto valid = mask({1, 3}, {true, false, true});
  Tape<T> tape;
  const auto x = one_two_three(tape);
  BOOST_TEST(!sums<T>().compute_mask(x, valid));
  BOOST_TEST(sums<T>(MergeMode::sum, {.return_sequences = true}).compute_mask(x, valid).data() ==
             valid.data());
  const RNNOptions ended{.return_sequences = true, .propagate_mask = false};
  BOOST_TEST(!sums<T>(MergeMode::sum, ended).compute_mask(x, valid));
}

BOOST_AUTO_TEST_CASE(a_clone_keeps_the_options) {
  Bidirectional<float> layer(GRU<float>({.units = 3, .return_sequences = true}),
                             {.merge_mode = MergeMode::ave, .zero_output_for_mask = false});
  BOOST_TEST(layer.clone()->config() == layer.config());
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_differences_for_all_of_it) {
  for (const MergeMode mode : {MergeMode::concat, MergeMode::sum, MergeMode::mul, MergeMode::ave}) {
    Bidirectional<double> layer(
        LSTM<double>({.units = 2, .return_sequences = true, .time_major = true}),
        {.merge_mode = mode});
    layer.build({3, 2});
    test::randomize(layer, 1);
    const auto valid = mask({3, 2}, {true, false, false, true, true, true});
    std::vector<Tensor<double>> inputs{test::random_tensor<double>({3, 2, 2}, 2)};
    for (std::uint64_t seed = 3; seed < 7; ++seed) {
      inputs.push_back(test::random_tensor<double>({2, 2}, seed));
    }
    const auto result = check_gradients(
        [&](Tape<double>&, std::span<const Variable<double>> v) {
          const auto [y, states] = layer.run(v[0], {.mask = valid, .initial_state = v.subspan(1)});
          return sum(square(y)) + sum(states[0] * states[3]);
        },
        inputs,
        {.mode = GradientCheckMode::direction},
        layer.weights());
    BOOST_TEST(result.passed, result.report);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_bidirectional_errors)

BOOST_AUTO_TEST_CASE(layers_that_differ_are_refused_with_the_option) {
  const auto pair = [](GRUOptions forward, GRUOptions backward) {
    forward.units = backward.units = 2;
    backward.go_backwards = !backward.go_backwards;
    return Bidirectional<float>(std::make_unique<GRU<float>>(forward),
                                std::make_unique<GRU<float>>(backward));
  };
  const auto text = [](const std::string& option) {
    return "[Bidirectional] " + option + " must be the same in both layers";
  };
  BOOST_CHECK_NO_THROW(pair({}, {}));
  RONDO_CHECK_THROWS(pair({.return_sequences = true}, {}), ArgumentError, text("return_sequences"));
  RONDO_CHECK_THROWS(pair({.return_state = true}, {}), ArgumentError, text("return_state"));
  RONDO_CHECK_THROWS(pair({.stateful = true}, {}), ArgumentError, text("stateful"));
  RONDO_CHECK_THROWS(pair({.time_major = true}, {}), ArgumentError, text("time_major"));
  RONDO_CHECK_THROWS(pair({}, {.go_backwards = true}),
                     ArgumentError,
                     "[Bidirectional] go_backwards must differ between the layers");
}

BOOST_AUTO_TEST_CASE(a_missing_layer_is_refused) {
  RONDO_CHECK_THROWS(Bidirectional<float>(std::make_unique<GRU<float>>(GRUOptions{.units = 2}),
                                          std::unique_ptr<GRU<float>>{}),
                     ArgumentError,
                     "[Bidirectional] a layer is missing");
}

BOOST_AUTO_TEST_CASE(an_odd_number_of_states_is_refused) {
  Bidirectional<float> layer(GRU<float>({.units = 2}));
  Tape tape;
  const std::array state{tape.constant(Tensor<float>::zeros({1, 2}))};
  RONDO_CHECK_THROWS(
      layer(tape.constant(Tensor<float>::zeros({1, 3, 2})), {.initial_state = state}),
      ArgumentError,
      "[bidirectional] expected states for both directions, found 1 in all");
  Bidirectional<float> stateful(GRU<float>({.units = 2, .stateful = true}));
  RONDO_CHECK_THROWS(
      stateful.reset_states(std::array{Tensor<float>::zeros({1, 2})}),
      ArgumentError,
      "[Bidirectional] reset_states: expected states for both directions, found 1 in all");
}

BOOST_AUTO_TEST_CASE(a_stateless_pair_has_nothing_to_reset) {
  Bidirectional<float> layer(GRU<float>({.units = 2}));
  RONDO_CHECK_THROWS(layer.reset_states(),
                     StateError,
                     "[GRU] the layer is not stateful: it has no states to reset");
  Sequential<float> model;
  model.add(layer.clone());
  BOOST_CHECK_NO_THROW(model.reset_states());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace bidirectional_test
