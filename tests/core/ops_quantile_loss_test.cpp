#include "rondo/core/ops_quantile_loss.hpp"

#include <array>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_quantile_loss_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_ops_quantile_loss)

// By hand: below the target each unit costs q, above it 1 − q.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_quantile_pays_for_both_sides_by_its_share, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2, 3}, {1, 2, 5, -4, 0, 1}));
  const auto y = Tensor<T>::from_values({2}, {3, -1});
  const double first = (0.1 * 2 + 0.5 * 1 + 0.1 * 2) / 3;
  const double second = (0.1 * 3 + 0.5 * 1 + 0.1 * 2) / 3;
  check_close(quantile_loss(p, y), {(first + second) / 2});
  check_close(quantile_loss(p, y, default_quantiles, {.reduction = Reduction::none}),
              {first, second});
  tape.backward(quantile_loss(p, y));
  check_close(p.grad(), {-0.1 / 6, -0.5 / 6, 0.1 / 6, -0.1 / 6, 0.5 / 6, 0.1 / 6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_median_is_half_of_the_absolute_error, T, RealTypes) {
  Tape<T> tape;
  constexpr std::array median{0.5};
  const auto p = tape.constant(Tensor<T>::from_values({3, 1}, {1, 2, -3}));
  const auto y = Tensor<T>::from_values({3, 1}, {2, 2, 1});
  check_close(quantile_loss(p, y, median), {5.0 / 6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_missing_target_of_weight_0_does_not_matter, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1, 2, 3}, {1, 1, 1, 7, 8, 9}));
  const auto y = Tensor<T>::from_values({1, 2}, {2.0, std::numeric_limits<double>::quiet_NaN()});
  const auto weights = Tensor<T>::from_values({1, 2}, {1, 0});
  const auto loss =
      quantile_loss(p,
                    y,
                    default_quantiles,
                    {.reduction = Reduction::mean_with_sample_weight, .sample_weights = weights});
  check_close(loss, {0.5});
  tape.backward(loss);
  check_close(p.grad(), {-0.1 / 3, -0.5 / 3, -0.9 / 3, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(it_answers_to_its_names) {
  Tape<float> tape;
  const auto p = tape.constant(Tensor<float>::from_values({1, 3}, {0, 0, 0}));
  const auto y = Tensor<float>::full({1}, 2.0F);
  for (const char* const name : {"quantile_loss", "QuantileLoss", "pinball"}) {
    check_close(make_loss<float>(name)(p, y), {1.0});
  }
}

BOOST_AUTO_TEST_CASE(quantiles_that_are_none_are_refused) {
  Tape<float> tape;
  const auto p = tape.constant(Tensor<float>::zeros({4, 2}));
  const auto y = Tensor<float>::zeros({4});
  for (const auto& wrong : {std::array{0.0, 0.5}, {0.5, 1.0}, {0.9, 0.1}, {0.5, 0.5}}) {
    BOOST_CHECK_THROW(quantile_loss(p, y, wrong), ArgumentError);
  }
  BOOST_CHECK_THROW(quantile_loss(p, y, std::span<const double>()), ArgumentError);
  constexpr std::array falling{0.9, 0.1};
  RONDO_CHECK_THROWS(quantile_loss(p, y, falling),
                     ArgumentError,
                     "[quantile_loss] quantiles must rise and lie in (0, 1), got 0.9, 0.1");
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  Tape<float> tape;
  const auto p = tape.constant(Tensor<float>::zeros({4, 2}));
  BOOST_CHECK_THROW(quantile_loss(p, Tensor<float>::zeros({4})), ShapeError);
  constexpr std::array two{0.1, 0.9};
  BOOST_CHECK_THROW(quantile_loss(p, Tensor<float>::zeros({4, 2}), two), ShapeError);
  BOOST_CHECK_THROW(quantile_loss(p, Tensor<float>::zeros({3}), two), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_quantile_loss_test
