#include <limits>

#include "rondo/tests/support/check.hpp"

namespace gradient_check_test {

using namespace rondo;

namespace {

using V = Variable<double>;
using Inputs = std::span<const V>;
using Mode = GradientCheckMode;

/// x², but the derivative of one element is wrong by a factor.
V wrong_square(const V& x, std::size_t wrong, double factor) {
  struct Saved {
    std::size_t wrong;
    double factor;
  };

  return x.tape().record(
      "wrong_square",
      std::array{x},
      x.shape(),
      [&](TensorView<double> y) {
        std::ranges::transform(x.value(), y.begin(), [](double v) { return v * v; });
      },
      Saved{wrong, factor},
      [](const Gradients<double>& g, const Saved& saved) {
        for (std::size_t i = 0; i < g.of(0).size(); ++i) {
          const double scale = i == saved.wrong ? saved.factor : 1.0;
          g.of(0)[i] += scale * 2.0 * g.input(0)[i] * g.grad()[i];
        }
      });
}

GradientCheckResult check_wrong_square(double factor, Mode mode) {
  return check_gradients(
      [=](Tape<double>&, Inputs x) { return wrong_square(x[1], 2, factor) + x[0]; },
      {test::random_tensor<double>({3}, 1), Tensor<double>::from_values({3}, {1, 2, 3})},
      {.mode = mode});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_gradient_check)

BOOST_AUTO_TEST_CASE(a_right_rule_passes_in_both_modes) {
  for (const Mode mode : {Mode::full, Mode::direction}) {
    const auto result = check_wrong_square(1.0, mode);
    BOOST_TEST(result.passed, result.report);
    BOOST_TEST(static_cast<bool>(result));
    BOOST_TEST(result.worst_error < 1e-8);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_rule_is_found_in_both_modes) {
  for (const Mode mode : {Mode::full, Mode::direction}) {
    const auto result = check_wrong_square(1.001, mode);
    BOOST_TEST(!result);
    BOOST_TEST(result.worst_error > 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(the_report_names_input_index_and_both_values) {
  const auto result =
      check_gradients([](Tape<double>&, Inputs x) { return wrong_square(x[1], 0, 2.0); },
                      {Tensor<double>::zeros({2}), Tensor<double>::full({1}, 3.0)},
                      {.seed = 5});
  const double weight = Rng(5).uniform(0.5, 1.5);
  const std::string expected = "input 1[0]: analytic ";
  BOOST_TEST(result.report.substr(0, expected.size()) == expected);
  BOOST_TEST(std::stod(result.report.substr(expected.size())) == 12.0 * weight,
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(result.report.find(", numeric ") != std::string::npos, result.report);
  BOOST_TEST(result.worst_error == 1.0, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(the_report_shows_the_worst_of_several_errors) {
  const auto result = check_gradients(
      [](Tape<double>&, Inputs x) { return wrong_square(wrong_square(x[0], 1, 3.0), 0, 1.1); },
      {Tensor<double>::full({3}, 2.0)});
  BOOST_TEST(result.report.find("input 0[1]: ") == 0U, result.report);
}

BOOST_AUTO_TEST_CASE(a_check_that_passes_reports_its_largest_error) {
  const auto result = check_wrong_square(1.0, Mode::full);
  BOOST_TEST(result.report.find("relative error") != std::string::npos, result.report);
}

BOOST_AUTO_TEST_CASE(a_direction_names_the_input_only) {
  const auto result = check_wrong_square(2.0, Mode::direction);
  BOOST_TEST(result.report.find("input 1: ") == 0U, result.report);
}

BOOST_AUTO_TEST_CASE(parameters_are_checked_and_left_as_they_were) {
  Parameter<double> kernel("dense/kernel", Tensor<double>::from_values({2}, {1, 2}));
  Parameter<double>* const parameters[] = {&kernel};
  for (const Mode mode : {Mode::full, Mode::direction}) {
    const auto result = check_gradients(
        [&](Tape<double>& tape, Inputs) { return wrong_square(tape.parameter(kernel), 1, 2.0); },
        {},
        {.mode = mode},
        parameters);
    BOOST_TEST(!result);
    BOOST_TEST(
        result.report.find(mode == Mode::full ? "dense/kernel[1]: " : "dense/kernel: ") == 0U,
        result.report);
  }
  test::check_close(kernel.value(), {1, 2});
}

BOOST_AUTO_TEST_CASE(a_gradient_that_was_there_before_does_not_disturb) {
  Parameter<double> p("p", Tensor<double>::full({}, 3.0));
  Parameter<double>* const parameters[] = {&p};
  Tape<double> tape;
  tape.backward(tape.parameter(p));
  const auto result = check_gradients(
      [&](Tape<double>& own, Inputs) { return square(own.parameter(p)); }, {}, {}, parameters);
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_a_number_fails) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Mode mode : {Mode::full, Mode::direction}) {
    const auto result = check_wrong_square(nan, mode);
    BOOST_TEST(!result);
    BOOST_TEST(result.report.find("nan") != std::string::npos, result.report);
  }
}

BOOST_AUTO_TEST_CASE(a_nan_stays_in_the_report_when_other_errors_follow) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto result = check_gradients(
      [=](Tape<double>&, Inputs x) { return wrong_square(wrong_square(x[0], 0, nan), 2, 3.0); },
      {Tensor<double>::full({3}, 2.0)});
  BOOST_TEST(!result);
  BOOST_TEST(result.report.find("input 0[0]: analytic nan") == 0U, result.report);
}

BOOST_AUTO_TEST_CASE(a_function_that_is_not_a_number_fails) {
  const auto result = check_gradients([](Tape<double>&, Inputs x) { return log(x[0]); },
                                      {Tensor<double>::full({2}, -1.0)});
  BOOST_TEST(!result);
}

BOOST_AUTO_TEST_CASE(an_input_that_is_not_used_has_a_gradient_of_zero) {
  const auto result = check_gradients([](Tape<double>&, Inputs x) { return square(x[0]); },
                                      {Tensor<double>::full({}, 3.0), Tensor<double>::zeros({2})});
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_CASE(a_missing_gradient_is_found) {
  const auto result =
      check_gradients([](Tape<double>& tape, Inputs x) { return x[0] * tape.stop_gradient(x[0]); },
                      {Tensor<double>::full({}, 3.0)});
  BOOST_TEST(!result);
}

BOOST_AUTO_TEST_CASE(the_step_is_relative_to_large_inputs) {
  const auto result = check_gradients([](Tape<double>&, Inputs x) { return square(x[0]); },
                                      {Tensor<double>::full({}, 1e6)});
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gradient_check_test
