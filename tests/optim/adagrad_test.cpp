#include "rondo/optim/adagrad.hpp"

#include "rondo/tests/optim/support.hpp"

namespace adagrad_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(optim_adagrad)

// a = 9, 25, 169 with the roots 3, 5, 13
BOOST_AUTO_TEST_CASE_TEMPLATE(divides_by_the_root_of_the_sum_of_squares, T, RealTypes) {
  check_trajectory(
      Adagrad<T>({.learning_rate = 0.1, .initial_accumulator_value = 0.0, .epsilon = 0.0}),
      {3.0, 4.0, 12.0},
      {0.9, 0.82, 0.82 - 1.2 / 13.0});
}

// √(7 + 9 + 9) = 5
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_and_the_initial_value_are_inside_the_root, T, RealTypes) {
  check_trajectory(
      Adagrad<T>({.learning_rate = 0.1, .initial_accumulator_value = 7.0, .epsilon = 9.0}),
      {3.0},
      {0.94});
}

// 0.1 · 3 / (3 + 2), then √25 + 2 = 7
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_may_stand_beside_the_root, T, RealTypes) {
  check_trajectory(Adagrad<T>({.learning_rate = 0.1,
                               .initial_accumulator_value = 0.0,
                               .epsilon = 2.0,
                               .epsilon_in_root = false}),
                   {3.0, 4.0},
                   {0.94, 0.94 - 0.4 / 7.0});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const AdagradOptions options;
  BOOST_TEST(options.learning_rate.at(0) == 0.001);
  BOOST_TEST(options.initial_accumulator_value == 0.1);
  BOOST_TEST(options.epsilon == 1e-7);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Adagrad<float>({.initial_accumulator_value = -0.1}),
      ArgumentError,
      "[Adagrad] initial_accumulator_value must be finite and not negative, got -0.1");
  RONDO_CHECK_THROWS(Adagrad<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Adagrad] epsilon must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace adagrad_test
