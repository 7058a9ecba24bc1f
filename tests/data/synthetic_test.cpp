#include "rondo/data/synthetic.hpp"

#include <algorithm>
#include <cmath>

#include "rondo/tests/support/check.hpp"

namespace synthetic_test {

using namespace rondo;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(data_synthetic)

BOOST_AUTO_TEST_CASE_TEMPLATE(adding_marks_one_step_in_each_half, T, RealTypes) {
  Rng rng(1);
  constexpr std::size_t steps = 7;
  const auto [inputs, targets] = adding_problem<T>(20, steps, rng);
  BOOST_TEST(inputs.shape() == Shape({20, steps, 2}));
  BOOST_TEST(targets.shape() == Shape({20, 1}));
  for (std::size_t n = 0; n < 20; ++n) {
    T sum = 0;
    std::size_t marks[2] = {0, 0};
    for (std::size_t s = 0; s < steps; ++s) {
      const T* const step = inputs.data() + (n * steps + s) * 2;
      BOOST_TEST((step[0] >= 0 && step[0] <= 1));
      BOOST_TEST((step[1] == 0 || step[1] == 1));
      sum += step[0] * step[1];
      marks[s < steps / 2 ? 0 : 1] += step[1] == 1 ? 1 : 0;
    }
    BOOST_TEST(sum == targets.data()[n]);
    BOOST_TEST((marks[0] == 1 && marks[1] == 1));
  }
}

BOOST_AUTO_TEST_CASE(guessing_1_has_an_error_of_a_sixth) {
  Rng rng(2);
  const auto [inputs, targets] = adding_problem<double>(20'000, 2, rng);
  double error = 0.0;
  for (const double target : targets.view()) {
    error += (target - 1.0) * (target - 1.0) / 20'000;
  }
  BOOST_TEST(std::abs(error - 1.0 / 6.0) < 0.005);  // three standard deviations are 0.004
}

BOOST_AUTO_TEST_CASE(the_same_stream_gives_the_same_problem) {
  Rng a(3), b(3), c(4);
  const Tensor<float> first = adding_problem<float>(3, 10, a).inputs;
  BOOST_TEST(
      (test::values(first.view()) == test::values(adding_problem<float>(3, 10, b).inputs.view())));
  BOOST_TEST(
      (test::values(first.view()) != test::values(adding_problem<float>(3, 10, c).inputs.view())));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(copy_memory_has_the_documented_layout, T, RealTypes) {
  Rng rng(5);
  constexpr std::size_t steps = 3 + 2 * 2, classes = 4 + 2;  // delay 3, length 2, symbols 4
  const auto [inputs, targets] = copy_memory<T>(1, {.delay = 3, .length = 2, .symbols = 4}, rng);
  BOOST_TEST(inputs.shape() == Shape({1, steps, classes}));
  BOOST_TEST(targets.shape() == Shape({1, steps}));
  std::vector<double> classes_seen;
  for (std::size_t s = 0; s < steps; ++s) {
    const T* const row = inputs.data() + s * classes;
    BOOST_TEST(std::count(row, row + classes, T{1}) == 1);
    BOOST_TEST(std::count(row, row + classes, T{0}) == static_cast<std::ptrdiff_t>(classes) - 1);
    classes_seen.push_back(static_cast<double>(std::find(row, row + classes, T{1}) - row));
  }
  const double a = classes_seen[0], b = classes_seen[1];
  BOOST_TEST((a < 4 && b < 4));
  BOOST_TEST(classes_seen == std::vector<double>({a, b, 4, 4, 5, 4, 4}),
             boost::test_tools::per_element());
  test::check_close(targets.view(), {4, 4, 4, 4, 4, a, b});
}

BOOST_AUTO_TEST_CASE(copy_memory_uses_every_symbol) {
  Rng rng(6);
  const auto [inputs, targets] = copy_memory<double>(50, {.delay = 1}, rng);
  BOOST_TEST(inputs.shape() == Shape({50, 21, 10}));
  for (int symbol = 0; symbol < 8; ++symbol) {
    BOOST_TEST(std::count(targets.data(), targets.data() + targets.size(), symbol) > 0);
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_make_no_problem_are_refused) {
  Rng rng;
  RONDO_CHECK_THROWS(static_cast<void>(adding_problem<float>(3, 1, rng)),
                     ArgumentError,
                     "[adding_problem] samples 3 must be positive and steps 1 at least 2");
  RONDO_CHECK_THROWS(static_cast<void>(copy_memory<float>(3, {}, rng)),
                     ArgumentError,
                     "[copy_memory] samples 3, delay 0, length 10 and symbols 8 must be positive");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace synthetic_test
