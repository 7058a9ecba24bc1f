// The masks of a cell that is used by hand.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace dropout_masks_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::random_tensor;
using test::RealTypes;
using test::tensor;

namespace {

template <Real T>
using Masks = std::span<const TensorView<const T>>;

/// A built cell for four features and three units.
template <Real T>
GRUCell<T> make_cell(GRUCellOptions options, std::uint64_t seed = 0) {
  options.units = 3;
  GRUCell<T> cell(std::move(options));
  cell.build({4}, seed);
  return cell;
}

template <Real T>
Masks<T> input_masks(GRUCell<T>& cell, std::size_t count = 1, bool training = true) {
  return cell.get_dropout_mask_for_cell(Tensor<T>::zeros({2, 4}), training, count);
}

template <Real T>
Masks<T> recurrent_masks(GRUCell<T>& cell, std::size_t count = 1, bool training = true) {
  return cell.get_recurrent_dropout_mask_for_cell(Tensor<T>::zeros({2, 3}), training, count);
}

/// All entries in a row: a copy that survives a reset.
template <Real T>
std::vector<double> entries(Masks<T> masks) {
  std::vector<double> result;
  for (const auto& mask : masks) {
    result.insert(result.end(), mask.begin(), mask.end());
  }
  return result;
}

/// What the seed's stream must give: 0 with probability `rate`, else 1 / (1 − rate).
std::vector<double> drawn(Rng& rng, double rate, std::size_t n) {
  std::vector<double> result(n);
  std::ranges::generate(result, [&] { return rng.uniform() >= rate ? 1.0 / (1.0 - rate) : 0.0; });
  return result;
}

template <Real T>
Variable<T> step(GRUCell<T>& cell, Tape<T>& tape, bool training, std::size_t batch = 2) {
  const std::array h{tape.constant(random_tensor<T>({batch, 3}, 5))};
  return cell(tape.constant(random_tensor<T>({batch, 4}, 6)),
              {.training = training, .initial_state = h});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_dropout_masks)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_entry_is_zero_or_scaled_up, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.2, .seed = 3});
  const auto masks = cell.get_dropout_mask_for_cell(Tensor<T>::zeros({100, 100}), true);
  BOOST_REQUIRE(masks.size() == 1);
  const auto zeros = std::ranges::count(masks[0], T{0});
  const auto kept = std::ranges::count(masks[0], static_cast<T>(1.0 / 0.8));
  BOOST_TEST(zeros + kept == 10000);
  BOOST_TEST(std::abs(static_cast<double>(zeros) - 2000.0) < 160.0);  // four standard deviations
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_seed_decides_the_masks_in_the_order_of_the_gates, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.25, .seed = 7});
  Tape<T> tape;
  step(cell, tape, true);
  Rng rng(7);
  test::check_close(
      std::span<const double>(entries(input_masks(cell))), drawn(rng, 0.5, 3 * 8), 1e-7);
  test::check_close(
      std::span<const double>(entries(recurrent_masks(cell))), drawn(rng, 0.25, 3 * 6), 1e-7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(implementation_2_draws_one_input_mask, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .seed = 7});
  Tape<T> tape;
  step(cell, tape, true);
  Rng rng(7);
  check_equal(entries(input_masks(cell, 3)), drawn(rng, 0.5, 8));
  BOOST_TEST(recurrent_masks(cell).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(implementation_1_draws_a_mask_for_each_gate, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .seed = 7, .implementation = 1});
  Tape<T> tape;
  step(cell, tape, true);
  Rng rng(7);
  check_equal(entries(input_masks(cell)), drawn(rng, 0.5, 3 * 8));
}

BOOST_AUTO_TEST_CASE(without_a_seed_the_model_s_seed_and_the_path_decide) {
  const auto masks = [](std::uint64_t seed, const std::string& name) {
    auto cell = make_cell<double>({.dropout = 0.5, .name = name}, seed);
    return entries(input_masks(cell, 3));
  };
  BOOST_TEST(masks(1, "a") == masks(1, "a"));
  BOOST_TEST(masks(1, "a") != masks(2, "a"));
  BOOST_TEST(masks(1, "a") != masks(1, "b"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_in_the_inputs_does_not_matter, T, RealTypes) {
  auto one = make_cell<T>({.dropout = 0.5, .seed = 7});
  auto two = make_cell<T>({.dropout = 0.5, .seed = 7});
  const auto masks = two.get_dropout_mask_for_cell(random_tensor<T>({2, 4}, 1), true);
  check_equal(entries(input_masks(one)), entries(masks));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rates_of_0_and_1_make_no_masks_and_draw_nothing, T, RealTypes) {
  for (const double rate : {0.0, 1.0}) {
    auto cell = make_cell<T>({.dropout = rate, .recurrent_dropout = 0.5, .seed = 7});
    Tape<T> tape;
    step(cell, tape, true);
    BOOST_TEST(input_masks(cell).empty());
    BOOST_TEST(input_masks(cell, 3, false).empty());
    Rng rng(7);
    check_equal(entries(recurrent_masks(cell)), drawn(rng, 0.5, 3 * 6));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_of_1_gives_the_numbers_of_no_dropout, T, RealTypes) {
  auto dropped = make_cell<T>({.dropout = 1.0, .recurrent_dropout = 1.0});
  auto plain = make_cell<T>({.implementation = 1});
  Tape<T> tape;
  check_equal(step(dropped, tape, true).value(), step(plain, tape, true).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_training_masks_are_ones_that_stay_in_force, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5});
  check_equal(entries(input_masks(cell, 3, false)), std::vector<double>(3 * 8, 1.0));
  check_equal(entries(recurrent_masks(cell, 3, false)), std::vector<double>(3 * 6, 1.0));
  check_equal(entries(input_masks(cell, 3, true)), std::vector<double>(3 * 8, 1.0));
  check_equal(entries(recurrent_masks(cell, 3, true)), std::vector<double>(3 * 6, 1.0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masks_of_ones_draw_nothing, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .seed = 7});
  input_masks(cell, 3, false);
  cell.reset_dropout_mask();
  Rng rng(7);
  check_equal(entries(input_masks(cell)), drawn(rng, 0.5, 8));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cached_mask_ignores_training_and_count, T, RealTypes) {
  for (const std::size_t count : {1u, 3u}) {
    auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5});
    const auto input = entries(input_masks(cell, count));
    const auto recurrent = entries(recurrent_masks(cell, count));
    for (const std::size_t other : {1u, 2u, 3u}) {
      check_equal(entries(input_masks(cell, other, false)), input);
      check_equal(entries(recurrent_masks(cell, other, false)), recurrent);
    }
    BOOST_TEST(input.size() == count * 8);
    BOOST_TEST(recurrent.size() == count * 6);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(three_masks_are_independent_of_one_another, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .seed = 7});
  const auto masks = input_masks(cell, 3);
  BOOST_TEST(doubles(masks[0]) != doubles(masks[1]));
  BOOST_TEST(doubles(masks[1]) != doubles(masks[2]));
  BOOST_TEST(doubles(masks[0]) != doubles(masks[2]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_reset_clears_its_own_masks, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7});
  const auto input = entries(input_masks(cell, 3));
  const auto recurrent = entries(recurrent_masks(cell, 3));
  cell.reset_dropout_mask();
  BOOST_TEST(entries(input_masks(cell, 3)) != input);
  BOOST_TEST(entries(recurrent_masks(cell, 3)) == recurrent);
  const auto second = entries(input_masks(cell, 3));
  cell.reset_recurrent_dropout_mask();
  BOOST_TEST(entries(input_masks(cell, 3)) == second);
  BOOST_TEST(entries(recurrent_masks(cell, 3)) != recurrent);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_masks_clears_both, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7});
  const auto input = entries(input_masks(cell, 3));
  const auto recurrent = entries(recurrent_masks(cell, 3));
  cell.reset_masks();
  BOOST_TEST(entries(input_masks(cell, 3)) != input);
  BOOST_TEST(entries(recurrent_masks(cell, 3)) != recurrent);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cell_used_by_hand_keeps_its_masks_until_reset, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7});
  Tape<T> tape;
  const auto first = doubles(step(cell, tape, true).value());
  BOOST_TEST(doubles(step(cell, tape, true).value()) == first);
  tape.reset();
  BOOST_TEST(doubles(step(cell, tape, true).value()) == first);
  cell.reset_masks();
  BOOST_TEST(doubles(step(cell, tape, true).value()) != first);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inference_ignores_the_masks, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5});
  auto plain = make_cell<T>({.implementation = 1});
  Tape<T> tape;
  step(cell, tape, true);
  check_equal(step(cell, tape, false).value(), step(plain, tape, false).value());
}

BOOST_AUTO_TEST_CASE(a_step_uses_the_first_of_more_masks_than_it_needs) {
  auto one = make_cell<double>({.dropout = 0.5, .seed = 7});
  auto three = make_cell<double>({.dropout = 0.5, .seed = 7});
  input_masks(three, 3);
  Tape<double> tape;
  check_equal(step(three, tape, true).value(), step(one, tape, true).value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_dropout_masks_errors)

BOOST_AUTO_TEST_CASE(a_cached_mask_of_another_batch_names_the_method_that_forgets_it) {
  auto cell = make_cell<float>({.dropout = 0.5});
  Tape tape;
  step(cell, tape, true, 2);
  RONDO_CHECK_THROWS(step(cell, tape, true, 5),
                     StateError,
                     "[GRUCell] the cached dropout mask (2, 4) does not fit (5, 4): call "
                     "reset_dropout_mask() before another batch");
  cell.reset_dropout_mask();
  BOOST_TEST(step(cell, tape, true, 5).shape() == (Shape{5, 3}));
}

BOOST_AUTO_TEST_CASE(so_does_a_cached_recurrent_mask) {
  auto cell = make_cell<float>({.recurrent_dropout = 0.5});
  Tape tape;
  step(cell, tape, true, 2);
  RONDO_CHECK_THROWS(step(cell, tape, true, 5),
                     StateError,
                     "[GRUCell] the cached dropout mask (2, 3) does not fit (5, 3): call "
                     "reset_recurrent_dropout_mask() before another batch");
}

BOOST_AUTO_TEST_CASE(fewer_masks_than_the_gates_need_are_refused) {
  auto cell = make_cell<float>({.recurrent_dropout = 0.5});
  recurrent_masks(cell, 1);
  Tape tape;
  RONDO_CHECK_THROWS(step(cell, tape, true),
                     StateError,
                     "[GRUCell] 3 dropout masks are needed, 1 cached: call "
                     "reset_recurrent_dropout_mask() before another batch");
}

BOOST_AUTO_TEST_CASE(only_1_to_4_masks_can_be_asked_for) {
  auto cell = make_cell<float>({.dropout = 0.5});
  for (const std::size_t count : {0u, 5u}) {
    RONDO_CHECK_THROWS(input_masks(cell, count),
                       ArgumentError,
                       "[GRUCell] 1 to 4 dropout masks are possible, got " + std::to_string(count));
  }
  BOOST_TEST(input_masks(cell, 3).size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dropout_masks_test
