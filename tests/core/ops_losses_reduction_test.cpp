#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_losses_reduction_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

/// Squared errors 1, 4, 9, 16, one per sample and step of [2, 2, 1].
template <Real T>
Variable<T> four_steps(Tape<T>& tape) {
  return tape.variable(Tensor<T>::from_values({2, 2, 1}, {1, 2, 3, 4}));
}

const auto step_mask = [] { return Tensor<bool>::from_values({2, 2}, {true, false, true, true}); };

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_losses_reduction)

BOOST_AUTO_TEST_CASE_TEMPLATE(weights_multiply_but_do_not_divide_the_mean, T, RealTypes) {
  Tape<T> tape;
  const auto p = four_steps(tape);
  const auto y = Tensor<T>::zeros({2, 2, 1});
  const auto weights = Tensor<T>::from_values({2, 2}, {1, 0.5, 2, 0});
  const double sum = 1 + 2 + 18;
  const auto loss = [&](Reduction reduction) {
    return mean_squared_error(p, y, {.reduction = reduction, .sample_weights = weights});
  };
  check_close(loss(Reduction::sum_over_batch_size), {sum / 4});
  check_close(loss(Reduction::sum), {sum});
  check_close(loss(Reduction::mean_with_sample_weight), {sum / 3.5});
  check_close(loss(Reduction::none), {1, 2, 18, 0});
  BOOST_TEST(loss(Reduction::none).shape() == Shape({2, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_divides_by_the_steps_it_keeps, T, RealTypes) {
  Tape<T> tape;
  const auto p = four_steps(tape);
  const auto y = Tensor<T>::zeros({2, 2, 1});
  const auto mask = step_mask();
  const auto loss = [&](Reduction reduction) {
    return mean_squared_error(p, y, {.reduction = reduction, .mask = mask});
  };
  check_close(loss(Reduction::sum_over_batch_size), {26.0 / 3});
  check_close(loss(Reduction::sum), {26});
  check_close(loss(Reduction::mean_with_sample_weight), {26.0 / 3});
  check_close(loss(Reduction::none), {1, 0, 9, 16});
  tape.backward(loss(Reduction::sum_over_batch_size));
  check_close(p.grad(), {2.0 / 3, 0, 6.0 / 3, 8.0 / 3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weights_per_sample_hold_for_all_its_steps, T, RealTypes) {
  Tape<T> tape;
  const auto p = four_steps(tape);
  const auto y = Tensor<T>::zeros({2, 2, 1});
  const auto weights = Tensor<T>::from_values({2}, {3, 1});
  const auto column = Tensor<T>::from_values({2, 1}, {3, 1});
  const auto mask = step_mask();
  check_close(mean_squared_error(p, y, {.sample_weights = weights}), {(3 + 12 + 25) / 4.0});
  check_close(mean_squared_error(p, y, {.sample_weights = column}), {(3 + 12 + 25) / 4.0});
  check_close(mean_squared_error(p,
                                 y,
                                 {.reduction = Reduction::mean_with_sample_weight,
                                  .sample_weights = weights,
                                  .mask = mask}),
              {(3 + 25) / 5.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_of_the_targets_shape_makes_samples_of_elements, T, RealTypes) {
  Tape<T> tape;
  const auto p = four_steps(tape);  // [2, 2, 1], targets [2, 2]
  const auto mask = step_mask();
  check_close(mean_squared_error(p, Tensor<T>::zeros({2, 2}), {.mask = mask}), {26.0 / 3});
  const auto row = tape.variable(Tensor<T>::from_values({3}, {1, 2, 3}));
  const auto weights = Tensor<T>::from_values({3}, {1, 0, 2});
  check_close(mean_squared_error(row, Tensor<T>::zeros({3}), {.sample_weights = weights}),
              {19.0 / 3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_left_out_is_not_looked_at, T, RealTypes) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2, 2, 1}, {1, nan, 3, 4}));
  const auto mask = step_mask();
  const auto loss = mean_squared_error(p, Tensor<T>::zeros({2, 2, 1}), {.mask = mask});
  check_close(loss, {26.0 / 3});
  tape.backward(loss);
  check_close(p.grad(), {2.0 / 3, 0, 6.0 / 3, 8.0 / 3});
  const auto q = tape.variable(Tensor<T>::from_values({2, 2}, {0.5, 0.5, 0.25, 0.75}));
  const auto labels = Tensor<T>::from_values({2}, {99, 0});
  const auto last = Tensor<bool>::from_values({2}, {false, true});
  check_close(sparse_categorical_crossentropy(q, labels, {}, {.mask = last}), {-std::log(0.25)});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_left_gives_zero, T, RealTypes) {
  Tape<T> tape;
  const auto p = four_steps(tape);
  const auto y = Tensor<T>::zeros({2, 2, 1});
  const auto mask = Tensor<bool>::full({2, 2}, false);
  const auto weights = Tensor<T>::from_values({2}, {1, -1});
  const auto loss = mean_squared_error(p, y, {.mask = mask});
  BOOST_TEST(loss.item() == T{0});
  tape.backward(loss);
  check_close(p.grad(), {0, 0, 0, 0}, 0.0);
  BOOST_TEST(mean_squared_error(
                 p, y, {.reduction = Reduction::mean_with_sample_weight, .sample_weights = weights})
                 .item() == T{0});
}

BOOST_AUTO_TEST_CASE(the_ignored_class_and_the_mask_add_up) {
  Tape<double> tape;
  const auto p =
      tape.variable(Tensor<double>::from_values({3, 2}, {0.25, 0.75, 0.5, 0.5, 0.125, 0.875}));
  const auto labels = Tensor<double>::from_values({3}, {0, -1, 0});
  const auto mask = Tensor<bool>::from_values({3}, {true, true, false});
  check_close(sparse_categorical_crossentropy(p, labels, {.ignore_class = -1}, {.mask = mask}),
              {-std::log(0.25)});
}

BOOST_AUTO_TEST_CASE(labels_that_are_ids_take_weights) {
  Tape<double> tape;
  const auto p = tape.variable(Tensor<double>::from_values({2, 2}, {0.25, 0.75, 0.5, 0.5}));
  const std::vector<std::int32_t> labels{1, 0};
  const auto weights = Tensor<double>::from_values({2}, {2, 4});
  check_close(sparse_categorical_crossentropy(p, labels, {}, {.sample_weights = weights}),
              {-(2 * std::log(0.75) + 4 * std::log(0.5)) / 2});
}

BOOST_AUTO_TEST_CASE(weights_and_masks_that_do_not_fit_are_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::zeros({2, 3, 4}));
  const auto y = Tensor<float>::zeros({2, 3, 4});
  const auto weights = Tensor<float>::zeros({3});
  const auto mask = Tensor<bool>::full({2, 4}, true);
  RONDO_CHECK_THROWS(mean_squared_error(p, y, {.sample_weights = weights}),
                     ShapeError,
                     "[mean_squared_error] the shape of sample_weights does not fit the samples: "
                     "sample_weights (3), samples (2, 3)");
  RONDO_CHECK_THROWS(
      kl_divergence(p, y, {.mask = mask}),
      ShapeError,
      "[kl_divergence] the shape of mask does not fit the samples: mask (2, 4), samples (2, 3)");
}

BOOST_AUTO_TEST_CASE(a_negative_gamma_is_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::full({1, 2}, 0.5F));
  const auto y = Tensor<float>::zeros({1, 2});
  RONDO_CHECK_THROWS(binary_focal_crossentropy(p, y, {.gamma = -1.0}),
                     ArgumentError,
                     "[binary_focal_crossentropy] gamma must not be negative, got -1");
  RONDO_CHECK_THROWS(categorical_focal_crossentropy(p, y, {.gamma = -1.0}),
                     ArgumentError,
                     "[categorical_focal_crossentropy] gamma must not be negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_losses_reduction_test
