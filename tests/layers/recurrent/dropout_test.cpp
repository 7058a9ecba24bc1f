// Dropout in a layer: masks of a call, seen by a cell that keeps them.
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace dropout_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::probe;
using test::ProbingCell;
using test::random_tensor;
using test::RealTypes;

namespace {

using Masks = std::vector<std::vector<double>>;

constexpr std::size_t steps = 4;

template <Real T>
RNN<T> make_rnn(const GRUCellOptions& options, std::uint64_t seed = 1) {
  RNN<T> rnn{ProbingCell<T>(options)};
  rnn.build({steps, 5}, seed);
  return rnn;
}

template <Real T>
std::vector<double> call(RNN<T>& rnn, bool training = true, std::size_t batch = 3) {
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({batch, steps, 5}, 3));
  return doubles(rnn(x, {.training = training}).value());
}

/// The input masks of each step of one training call.
template <Real T>
Masks input_masks(const GRUCellOptions& options, std::uint64_t seed) {
  auto rnn = make_rnn<T>(options, seed);
  call(rnn);
  return probe(rnn).input_masks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_dropout)

BOOST_AUTO_TEST_CASE_TEMPLATE(all_steps_of_a_call_share_the_masks, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  call(rnn);
  const auto& probed = probe(rnn);
  BOOST_REQUIRE(probed.input_masks.size() == steps);
  BOOST_TEST(probed.input_masks[0].size() == 3 * 3 * 5);
  BOOST_TEST(probed.recurrent_masks[0].size() == 3 * 3 * 2);
  for (std::size_t i = 1; i < steps; ++i) {
    BOOST_TEST(probed.input_masks[i] == probed.input_masks[0]);
    BOOST_TEST(probed.recurrent_masks[i] == probed.recurrent_masks[0]);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_call_has_masks_of_its_own, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  call(rnn);
  call(rnn);
  const auto& probed = probe(rnn);
  BOOST_TEST(probed.input_masks[0] != probed.input_masks[steps]);
  BOOST_TEST(probed.recurrent_masks[0] != probed.recurrent_masks[steps]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_samples_of_a_batch_have_masks_of_their_own, T, RealTypes) {
  const auto mask = input_masks<T>({.units = 2, .dropout = 0.5}, 1)[0];
  const std::vector<double> first(mask.begin(), mask.begin() + 5);
  const std::vector<double> second(mask.begin() + 5, mask.begin() + 10);
  BOOST_TEST(first != second);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_of_1_makes_masks_of_zeros, T, RealTypes) {
  const auto mask = input_masks<T>({.units = 2, .dropout = 1.0}, 1)[0];
  BOOST_TEST(mask == std::vector<double>(mask.size(), 0.0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_seed_reproduces_the_masks, T, RealTypes) {
  const GRUCellOptions from_model{.units = 2, .dropout = 0.5};
  BOOST_TEST(input_masks<T>(from_model, 1) == input_masks<T>(from_model, 1));
  BOOST_TEST(input_masks<T>(from_model, 1) != input_masks<T>(from_model, 2));
  const GRUCellOptions own{.units = 2, .dropout = 0.5, .seed = 9};
  BOOST_TEST(input_masks<T>(own, 1) == input_masks<T>(own, 2));
  BOOST_TEST(input_masks<T>(own, 1) != input_masks<T>(from_model, 1));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inference_is_without_dropout, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  auto plain = make_rnn<T>({.units = 2, .implementation = 1});
  BOOST_TEST(call(rnn, false) == call(plain, false));
  BOOST_TEST(call(rnn, true) != call(plain, true));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inference_draws_no_numbers, T, RealTypes) {
  auto one = make_rnn<T>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  auto two = make_rnn<T>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  call(one, true);
  call(two, false);
  call(two, true);
  BOOST_TEST(probe(two).input_masks[steps] == probe(one).input_masks[0]);
  BOOST_TEST(probe(two).recurrent_masks[steps] == probe(one).recurrent_masks[0]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_of_1_is_no_dropout, T, RealTypes) {
  auto dropped = make_rnn<T>({.units = 2, .dropout = 1.0, .recurrent_dropout = 1.0});
  auto plain = make_rnn<T>({.units = 2, .implementation = 1});
  BOOST_TEST(call(dropped) == call(plain));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_time_mask_does_not_change_the_masks, T, RealTypes) {
  auto one = make_rnn<T>({.units = 2, .dropout = 0.5});
  auto two = make_rnn<T>({.units = 2, .dropout = 0.5});
  call(one);
  Tape<T> tape;
  auto valid = Tensor<bool>::full({3, steps}, true);
  std::fill_n(valid.data(), steps, false);
  two(tape.constant(random_tensor<T>({3, steps, 5}, 8)), {.training = true, .mask = valid});
  BOOST_TEST(probe(two).input_masks == probe(one).input_masks);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_carry_shares_its_one_mask_too, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .recurrent_dropout = 0.5, .legacy_masked_carry = true});
  call(rnn);
  call(rnn);
  const auto& probed = probe(rnn);
  BOOST_TEST(probed.recurrent_masks[0].size() == 3 * 2);
  BOOST_TEST(probed.recurrent_masks[1] == probed.recurrent_masks[0]);
  BOOST_TEST(probed.recurrent_masks[steps] != probed.recurrent_masks[0]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(profiles_that_draw_three_masks_use_the_first, T, RealTypes) {
  auto one = make_rnn<T>({.units = 2, .dropout = 0.5, .seed = 4});
  auto three = make_rnn<T>({.units = 2, .dropout = 0.5, .seed = 4, .dropout_mask_count = 3});
  BOOST_TEST(call(one) == call(three));
  BOOST_TEST(probe(one).input_masks[0].size() == 3 * 5);
  BOOST_TEST(probe(three).input_masks[0].size() == 3 * 3 * 5);
  BOOST_TEST(call(one) != call(three));  // the streams stand elsewhere
}

BOOST_AUTO_TEST_CASE_TEMPLATE(per_step_input_dropout_draws_at_every_step, T, RealTypes) {
  const GRUCellOptions options{
      .units = 2, .dropout = 0.5, .seed = 4, .per_step_input_dropout = true};
  auto rnn = make_rnn<T>(options);
  auto same = make_rnn<T>(options);
  call(rnn);
  call(same);
  const auto& masks = probe(rnn).input_masks;
  for (std::size_t i = 1; i < steps; ++i) {
    BOOST_TEST(masks[i] != masks[i - 1]);
  }
  BOOST_TEST(masks == probe(same).input_masks);
  Rng rng(4);
  for (const auto& mask : masks) {
    for (const double entry : mask) {
      BOOST_TEST(entry == (rng.uniform() >= 0.5 ? 2.0 : 0.0));
    }
  }
}

/// The inputs times a mask for each step, without dropout, give the same output and gradients.
BOOST_AUTO_TEST_CASE_TEMPLATE(per_step_masks_multiply_the_steps, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .dropout = 0.5, .per_step_input_dropout = true});
  auto plain = make_rnn<T>({.units = 2});
  Tape<T> tape;
  const auto x = tape.variable(random_tensor<T>({3, steps, 5}, 3));
  const auto dropped = rnn(x, {.training = true});
  Tensor<T> masks(Shape{steps, 3, 5});
  T* next = masks.data();
  for (const auto& mask : probe(rnn).input_masks) {
    next = std::ranges::transform(mask, next, [](double v) { return static_cast<T>(v); }).out;
  }
  const auto y = tape.variable(random_tensor<T>({3, steps, 5}, 3));
  const auto expected = plain(y * transpose(tape.constant(masks), {1, 0, 2}));
  check_equal(dropped.value(), expected.value());
  tape.backward(sum(square(dropped)) + sum(square(expected)));
  check_equal(x.grad(), y.grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inference_is_without_per_step_dropout, T, RealTypes) {
  auto rnn = make_rnn<T>({.units = 2, .dropout = 0.5, .per_step_input_dropout = true});
  auto plain = make_rnn<T>({.units = 2});
  BOOST_TEST(call(rnn, false) == call(plain, false));
}

/// Without a recurrent kernel, equal inputs under equal masks give h2 / h1 = 1 + z at every step.
BOOST_AUTO_TEST_CASE(a_gru_of_keras2_drops_step_by_step) {
  const auto outputs = [](Compat compat) {
    GRU<double> gru({.units = 1, .dropout = 0.5, .return_sequences = true, .compat = compat});
    gru.build({3, 40});
    gru.weights()[1]->assign(Tensor<double>::zeros({1, 3}));
    Tape<double> tape;
    const auto x = tape.constant(Tensor<double>::full({1, 3, 40}, 1.0));
    return doubles(gru(x, {.training = true}).value());
  };
  const auto same_masks = [](const std::vector<double>& h) {
    const double z = h[1] / h[0] - 1.0;
    return std::abs(h[2] - (z * h[1] + h[0])) < 1e-9;
  };
  BOOST_TEST(same_masks(outputs(Compat::keras3)));
  BOOST_TEST(same_masks(outputs(Compat::tf20)));
  BOOST_TEST(!same_masks(outputs(Compat::keras2)));
}

BOOST_AUTO_TEST_CASE(masks_are_forgotten_before_and_after_the_loop) {
  auto rnn = make_rnn<float>({.units = 2, .dropout = 0.5});
  call(rnn);
  const std::vector<std::string> expected{"reset", "step", "step", "step", "step", "reset"};
  BOOST_TEST(probe(rnn).events == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(they_are_forgotten_also_if_a_step_fails) {
  auto rnn = make_rnn<float>({.units = 2, .dropout = 0.5});
  probe(rnn).fail_in_step = 2;
  RONDO_CHECK_THROWS(call(rnn), StateError, "told to fail");
  const std::vector<std::string> expected{"reset", "step", "step", "reset"};
  BOOST_TEST(probe(rnn).events == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(masks_left_in_the_cell_by_hand_are_not_used) {
  GRU<float> gru({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  gru.build({steps, 5});
  gru.cell().get_dropout_mask_for_cell(Tensor<float>::zeros({7, 5}), false, 3);
  gru.cell().get_recurrent_dropout_mask_for_cell(Tensor<float>::zeros({7, 2}), false, 3);
  BOOST_CHECK_NO_THROW(call<float>(gru));
}

BOOST_AUTO_TEST_CASE(a_call_leaves_no_masks_in_the_cell) {
  GRU<float> gru({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  call<float>(gru);
  const auto input = gru.cell().get_dropout_mask_for_cell(Tensor<float>::zeros({7, 5}), false);
  const auto recurrent =
      gru.cell().get_recurrent_dropout_mask_for_cell(Tensor<float>::zeros({7, 2}), false);
  check_equal(doubles(input[0]), std::vector<double>(35, 1.0));
  check_equal(doubles(recurrent[0]), std::vector<double>(14, 1.0));
}

BOOST_AUTO_TEST_CASE(batches_may_differ_in_size) {
  auto rnn = make_rnn<float>({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  for (const std::size_t batch : {2u, 5u, 1u}) {
    BOOST_TEST(call(rnn, true, batch).size() == 2 * batch);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(injected_masks_hold_for_all_calls, T, RealTypes) {
  GRU<T> gru({.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5});
  GRU<T> plain({.units = 2, .implementation = 1});
  const Tensor<T> input = Tensor<T>::full({3, 5}, T{1});
  const Tensor<T> recurrent = Tensor<T>::full({3, 2}, T{1});
  const std::array inputs{input.view(), input.view(), input.view()};
  const std::array recurrents{recurrent.view(), recurrent.view(), recurrent.view()};
  gru.cell().inject_dropout_masks(inputs, recurrents);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(call<T>(gru) == call<T>(plain));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cells_of_a_stack_have_streams_of_their_own, T, RealTypes) {
  const GRUCellOptions options{.units = 5, .dropout = 0.5, .recurrent_dropout = 0.5};
  StackedRNNCells<T> stack(GRUCell<T>{options}, GRUCell<T>{options});
  stack.build({5}, 1);
  Tape<T> tape;
  const auto h = tape.constant(Tensor<T>::zeros({3, 5}));
  stack(tape.constant(random_tensor<T>({3, 5}, 1)),
        {.training = true, .initial_state = std::array{h, h}});
  const auto mask = [&](std::size_t k) {
    auto& cell = static_cast<GRUCell<T>&>(*stack.cells()[k]);
    return doubles(cell.get_dropout_mask_for_cell(Tensor<T>::zeros({3, 5}), true)[0]);
  };
  BOOST_TEST(mask(0) != mask(1));
}

BOOST_AUTO_TEST_CASE(a_layer_added_before_does_not_change_the_masks_behind_it) {
  const auto masks = [](bool with_another) {
    Sequential<double> model;
    if (with_another) {
      model.add(
          GRU<double>({.units = 5, .dropout = 0.5, .return_sequences = true, .name = "first"}));
    }
    auto& rnn =
        model.add(RNN<double>{ProbingCell<double>({.units = 2, .dropout = 0.5}), {.name = "rnn"}});
    model.build({steps, 5}, 1);
    Tape<double> tape;
    model(tape.constant(random_tensor<double>({3, steps, 5}, 3)), {.training = true});
    return probe(rnn).input_masks;
  };
  BOOST_TEST(masks(false) == masks(true));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dropout_test
