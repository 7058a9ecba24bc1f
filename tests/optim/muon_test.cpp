#include "rondo/optim/muon.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace muon_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;
using test::set_gradient;

namespace {

/// One step from zeros; no decay, no scaling.
template <Real T>
std::vector<double> change(const MuonOptions& options,
                           const Shape& shape,
                           const std::vector<double>& gradient) {
  Parameter<T> w("dense/kernel", Tensor<T>::zeros(shape));
  Muon<T> optimizer(options);
  optimizer.build({&w});
  set_gradient(w, gradient);
  optimizer.step();
  std::vector<double> result;
  for (const T value : std::as_const(w).value()) {
    result.push_back(static_cast<double>(value));
  }
  return result;
}

MuonOptions options() {
  return {.learning_rate = 1.0,
          .weight_decay = {},
          .muon_a = 2.0,
          .muon_b = -1.5,
          .muon_c = 0.5,
          .ns_steps = 1,
          .rms_rate = {}};
}

// What the added 1e-7 leaves of a vector of this length.
double share(double norm) {
  return norm / (norm + 1e-7);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_muon)

// m = g, G = 1.95 g, X = (0.6, 0.8) s; A = s²: the step is X (2 − 1.5 s² + 0.5 s⁴).
BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_keeps_its_direction, T, RealTypes) {
  const double s = share(5.0 * 1.95);
  const double length = s * (2.0 - 1.5 * s * s + 0.5 * s * s * s * s);
  const std::vector<double> expected{-0.6 * length, -0.8 * length};
  const auto row = change<T>(options(), {1, 2}, {3.0, 4.0});
  check_close(std::span<const double>(row), expected, test::tolerance<T>);
  const auto column = change<T>(options(), {2, 1}, {3.0, 4.0});
  check_close(std::span<const double>(column), expected, test::tolerance<T>);
}

// Singular values 0.6, 0.8 become x (2 − 1.5 x² + 0.5 x⁴), twice, each by itself.
BOOST_AUTO_TEST_CASE_TEMPLATE(singular_values_follow_the_polynomial, T, RealTypes) {
  MuonOptions o = options();
  o.ns_steps = 2;
  o.nesterov = false;
  const auto polynomial = [](double x) { return x * (2.0 - 1.5 * x * x + 0.5 * x * x * x * x); };
  const double s = share(5.0);
  const auto found = change<T>(o, {2, 2}, {3.0, 0.0, 0.0, 4.0});
  const std::vector<double> expected{
      -polynomial(polynomial(0.6 * s)), 0.0, 0.0, -polynomial(polynomial(0.8 * s))};
  check_close(std::span<const double>(found), expected, test::tolerance<T>);
}

// A tall matrix goes the way of its transpose.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_matrix_and_its_transpose_move_alike, T, RealTypes) {
  const auto wide = change<T>(options(), {2, 3}, {1.0, -2.0, 3.0, 0.5, 4.0, -1.0});
  const auto tall = change<T>(options(), {3, 2}, {1.0, 0.5, -2.0, 4.0, 3.0, -1.0});
  const std::vector<double> expected{wide[0], wide[3], wide[1], wide[4], wide[2], wide[5]};
  check_close(std::span<const double>(tall), expected, test::tolerance<T>);
}

// m = 3, 0.5 · 3 + 1 = 2.5: both have the direction +; scaled by √4 · 0.2.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_is_scaled_by_the_longer_side, T, RealTypes) {
  MuonOptions o = options();
  o.rms_rate = 0.2;
  const double s = share(std::sqrt(4.0) * 1.95);
  const double length = s * (2.0 - 1.5 * s * s + 0.5 * s * s * s * s);
  const auto found = change<T>(o, {1, 4}, {1.0, 1.0, 1.0, 1.0});
  check_close(std::span<const double>(found),
              std::vector<double>(4, -0.5 * length * 0.4),
              test::tolerance<T>);
}

// Adam's first step is as long as its rate, half of 0.1; decay takes 0.2 · 0.1 of 1 before it.
BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_no_matrix_is_moved_by_adam, T, RealTypes) {
  Parameter<T> bias("dense/bias", Tensor<T>::full({1}, T{1}));
  Parameter<T> embedding("Embedding/weights", Tensor<T>::full({1, 1}, T{1}));
  Parameter<T> head("head/kernel", Tensor<T>::full({1, 1}, T{1}));
  Muon<T> optimizer({.learning_rate = 0.1,
                     .adam_weight_decay = 0.2,
                     .epsilon = 0.0,
                     .exclude_layers = {"head"},
                     .adam_lr_ratio = 0.5});
  optimizer.build({&bias, &embedding, &head});
  for (Parameter<T>* parameter : {&bias, &embedding, &head}) {
    set_gradient(*parameter, {3.0});
  }
  optimizer.step();
  for (Parameter<T>* parameter : {&bias, &embedding, &head}) {
    check_close(parameter->value(), {0.98 - 0.05});
  }
  BOOST_TEST(optimizer.state().size() == 6U);
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const MuonOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.weight_decay.value() == 0.004);
  BOOST_TEST(defaults.adam_weight_decay.value() == 0.004);
  BOOST_TEST(defaults.muon_a == 3.4445);
  BOOST_TEST(defaults.muon_b == -4.7750);
  BOOST_TEST(defaults.muon_c == 2.0315);
  BOOST_TEST(defaults.momentum == 0.95);
  BOOST_TEST(defaults.ns_steps == 5U);
  BOOST_TEST(defaults.rms_rate.value() == 0.2);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(Muon<float>({.adam_beta_1 = 1.0}),
                     ArgumentError,
                     "[Muon] adam_beta_1 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(Muon<float>({.adam_beta_2 = 1.0}),
                     ArgumentError,
                     "[Muon] adam_beta_2 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(Muon<float>({.adam_weight_decay = -1.0}),
                     ArgumentError,
                     "[Muon] adam_weight_decay must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Muon<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Muon] epsilon must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      Muon<float>({.muon_a = NAN}), ArgumentError, "[Muon] muon_a must be finite, got nan");
  RONDO_CHECK_THROWS(Muon<float>({.adam_lr_ratio = -1.0}),
                     ArgumentError,
                     "[Muon] adam_lr_ratio must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      Muon<float>({.momentum = 1.5}), ArgumentError, "[Muon] momentum must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(Muon<float>({.rms_rate = 0.0}),
                     ArgumentError,
                     "[Muon] rms_rate must be finite and positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace muon_test
