#include "rondo/optim/optimizer.hpp"

#include <cmath>

#include "rondo/layers/constraints.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/support.hpp"

namespace optimizer_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;
using test::set_gradient;

namespace {

/// Two parameters whose gradients, taken together, have the norm 13: 3 and 4, 12.
template <Real T>
struct Pair {
  Parameter<T> a{"a/kernel", Tensor<T>::zeros({2})};
  Parameter<T> b{"b/bias", Tensor<T>::zeros({})};

  void set_gradients() {
    set_gradient(a, {3.0, 4.0});
    set_gradient(b, {12.0});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_optimizer)

BOOST_AUTO_TEST_CASE(build_refuses_what_cannot_be_trained) {
  Parameter<float> first("dense/kernel", Tensor<float>::zeros({1}));
  Parameter<float> second("dense/kernel", Tensor<float>::zeros({2}));
  SGD<float> optimizer;
  RONDO_CHECK_THROWS(optimizer.build({}), StateError, "[SGD] build: there are no parameters");
  RONDO_CHECK_THROWS(optimizer.build({&first, &second}),
                     ArgumentError,
                     "[SGD] build: two parameters have the path 'dense/kernel'");
  BOOST_TEST(!optimizer.built());
  optimizer.build({&first});
  BOOST_TEST(optimizer.built());
  RONDO_CHECK_THROWS(
      optimizer.build({&first}), StateError, "[SGD] build: the optimizer is built already");
}

BOOST_AUTO_TEST_CASE(everything_but_options_needs_build) {
  const std::string text = "[Adam] not built: call build(model.weights()) first";
  Adam<float> optimizer;
  RONDO_CHECK_THROWS(optimizer.step(), StateError, text);
  RONDO_CHECK_THROWS(optimizer.zero_grad(), StateError, text);
  RONDO_CHECK_THROWS(static_cast<void>(optimizer.state()), StateError, text);
  BOOST_TEST(optimizer.learning_rate() == 0.001);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_optimizer_moves_with_its_state, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{1}));
  SGD<T> first({.learning_rate = 1.0, .momentum = 0.5});
  first.build({&w});
  set_gradient(w, {1.0});
  first.step();
  SGD<T> second = std::move(first);
  second.step();
  check_close(w.value(), {1.0 - 1.0 - 1.5});
  BOOST_TEST(second.iterations() == 2U);
}

// ---- gradients ----

BOOST_AUTO_TEST_CASE_TEMPLATE(zero_grad_clears_all_gradients, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer;
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  optimizer.zero_grad();
  BOOST_TEST(!pair.a.has_grad());
  BOOST_TEST(!pair.b.has_grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_without_gradient_stays_as_it_is, T, RealTypes) {
  Pair<T> pair;
  Adam<T> optimizer({.weight_decay = 0.1});
  optimizer.build({&pair.a, &pair.b});
  pair.b.assign(Tensor<T>::full({}, T{5}));
  pair.b.constraint = [](TensorView<T> w) { w[0] = T{0}; };
  set_gradient(pair.a, {1.0, 1.0});
  const auto version = pair.b.version();
  optimizer.step();
  check_close(pair.b.value(), {5.0});
  BOOST_TEST(pair.b.version() == version);
  BOOST_TEST(optimizer.iterations() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_frozen_parameter_stays_as_it_is, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.learning_rate = 1.0, .global_clipnorm = 1.0, .require_all = true});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  pair.b.trainable = false;
  optimizer.step();
  check_close(pair.b.value(), {0.0});
  check_close(pair.a.value(), {-0.6, -0.8});  // the norm is 5: b's gradient does not count
}

BOOST_AUTO_TEST_CASE(a_step_without_any_gradient_is_refused) {
  Pair<float> pair;
  SGD<float> optimizer;
  optimizer.build({&pair.a, &pair.b});
  const std::string text =
      "[SGD] step: no trainable parameter has a gradient: call backward before it, for a model "
      "with "
      "the weights that the optimizer was built for (a/kernel, ...)";
  RONDO_CHECK_THROWS(optimizer.step(), StateError, text);
  set_gradient(pair.a, {1.0, 1.0});
  pair.a.trainable = false;
  RONDO_CHECK_THROWS(optimizer.step(), StateError, text);
  BOOST_TEST(optimizer.iterations() == 0U);
}

BOOST_AUTO_TEST_CASE(require_all_names_the_parameters_without_gradient) {
  Pair<float> pair;
  Parameter<float> c("c", Tensor<float>::zeros({}));
  SGD<float> optimizer({.require_all = true});
  optimizer.build({&pair.a, &pair.b, &c});
  set_gradient(c, {1.0});
  RONDO_CHECK_THROWS(optimizer.step(),
                     StateError,
                     "[SGD] step: require_all is set, without a gradient are a/kernel, b/bias");
  check_close(c.value(), {0.0});
}

// ---- clipping: SGD with rate 1 turns a gradient into its negative ----

BOOST_AUTO_TEST_CASE_TEMPLATE(global_clipnorm_shortens_all_gradients_together, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.learning_rate = 1.0, .global_clipnorm = 6.5});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  optimizer.step();
  check_close(pair.a.value(), {-1.5, -2.0});
  check_close(pair.b.value(), {-6.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clipnorm_shortens_each_gradient_that_is_too_long, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.learning_rate = 1.0, .clipnorm = 6.0});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  optimizer.step();
  check_close(pair.a.value(), {-3.0, -4.0});
  check_close(pair.b.value(), {-6.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clipvalue_cuts_each_element, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.learning_rate = 1.0, .clipvalue = 3.5});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  set_gradient(pair.b, {-12.0});
  optimizer.step();
  check_close(pair.a.value(), {-3.0, -3.5});
  check_close(pair.b.value(), {3.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(short_gradients_are_not_lengthened, T, RealTypes) {
  for (const SGDOptions& options : {SGDOptions{.learning_rate = 1.0, .clipnorm = 20.0},
                                    SGDOptions{.learning_rate = 1.0, .clipvalue = 20.0},
                                    SGDOptions{.learning_rate = 1.0, .global_clipnorm = 20.0}}) {
    Pair<T> pair;
    SGD<T> optimizer(options);
    optimizer.build({&pair.a, &pair.b});
    pair.set_gradients();
    optimizer.step();
    check_close(pair.a.value(), {-3.0, -4.0}, 0.0);
    check_close(pair.b.value(), {-12.0}, 0.0);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clipping_does_not_write_the_gradients, T, RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.global_clipnorm = 0.1});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  optimizer.step();
  check_close(pair.a.grad(), {3.0, 4.0}, 0.0);
  check_close(pair.b.grad(), {12.0}, 0.0);
}

// (2e30)² exceeds float.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_large_norm_does_not_overflow, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({2}));
  SGD<T> optimizer({.learning_rate = 1.0, .global_clipnorm = 5.0});
  optimizer.build({&w});
  set_gradient(w, {3e30, 4e30});
  optimizer.step();
  check_close(w.value(), {-3.0, -4.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_global_norm_that_is_not_finite_makes_all_weights_nan,
                              T,
                              RealTypes) {
  Pair<T> pair;
  SGD<T> optimizer({.global_clipnorm = 1.0});
  optimizer.build({&pair.a, &pair.b});
  pair.set_gradients();
  set_gradient(pair.b, {INFINITY});
  optimizer.step();
  BOOST_TEST(std::isnan(pair.a.value()[0]));
  BOOST_TEST(std::isnan(pair.b.value()[0]));
}

BOOST_AUTO_TEST_CASE(two_kinds_of_clipping_are_refused) {
  RONDO_CHECK_THROWS(SGD<float>({.clipnorm = 1.0, .global_clipnorm = 1.0}),
                     ArgumentError,
                     "[SGD] clipnorm and global_clipnorm exclude one another");
  RONDO_CHECK_THROWS(SGD<float>({.clipvalue = 1.0, .global_clipnorm = 1.0}),
                     ArgumentError,
                     "[SGD] clipvalue and global_clipnorm exclude one another");
  RONDO_CHECK_THROWS(SGD<float>({.clipnorm = 1.0, .clipvalue = 1.0}),
                     ArgumentError,
                     "[SGD] clipnorm and clipvalue exclude one another");
}

BOOST_AUTO_TEST_CASE(a_limit_must_be_positive) {
  RONDO_CHECK_THROWS(SGD<float>({.clipnorm = 0.0}),
                     ArgumentError,
                     "[SGD] clipnorm must be finite and positive, got 0");
  RONDO_CHECK_THROWS(SGD<float>({.clipvalue = -1.0}),
                     ArgumentError,
                     "[SGD] clipvalue must be finite and positive, got -1");
  RONDO_CHECK_THROWS(Adam<float>({.global_clipnorm = NAN}),
                     ArgumentError,
                     "[Adam] global_clipnorm must be finite and positive, got nan");
}

// ---- weight decay ----

// 8 − 8 · 0.5 · 0.1 = 7.6, then − 0.1 · 3
BOOST_AUTO_TEST_CASE_TEMPLATE(weight_decay_takes_a_share_of_the_weights, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{8}));
  SGD<T> optimizer({.learning_rate = 0.1, .weight_decay = 0.5});
  optimizer.build({&w});
  set_gradient(w, {3.0});
  optimizer.step();
  check_close(w.value(), {7.3});
}

// The rate of the schedule counts: 8 · (1 − 0.5 · 0.2) = 7.2, 7.2 · (1 − 0.5 · 0.4) = 5.76
BOOST_AUTO_TEST_CASE_TEMPLATE(weight_decay_follows_the_schedule, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{8}));
  const auto rate = [](std::uint64_t step) { return step == 0 ? 0.2 : 0.4; };
  SGD<T> optimizer({.learning_rate = rate, .weight_decay = 0.5});
  optimizer.build({&w});
  for (int i = 0; i < 2; ++i) {
    set_gradient(w, {0.0});
    optimizer.step();
  }
  check_close(w.value(), {5.76});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(parameters_can_be_excluded_from_weight_decay, T, RealTypes) {
  Pair<T> pair;
  pair.a.assign(Tensor<T>::full({2}, T{1}));
  pair.b.assign(Tensor<T>::full({}, T{1}));
  SGD<T> optimizer({.learning_rate = 1.0, .weight_decay = 0.25});
  optimizer.exclude_from_weight_decay({"bias"});
  optimizer.build({&pair.a, &pair.b});
  set_gradient(pair.a, {0.0, 0.0});
  set_gradient(pair.b, {0.0});
  optimizer.step();
  check_close(pair.a.value(), {0.75, 0.75});
  check_close(pair.b.value(), {1.0});
}

BOOST_AUTO_TEST_CASE(an_exclusion_that_fits_nothing_is_refused) {
  Pair<float> pair;
  SGD<float> optimizer;
  optimizer.exclude_from_weight_decay({"bias", "bais"});
  RONDO_CHECK_THROWS(optimizer.build({&pair.a, &pair.b}),
                     ArgumentError,
                     "[SGD] build: no parameter is called 'bais', which is to be excluded from "
                     "weight decay; there are a/kernel, b/bias");
  optimizer.exclude_from_weight_decay({});
  optimizer.build({&pair.a, &pair.b});
  RONDO_CHECK_THROWS(optimizer.exclude_from_weight_decay({"bias"}),
                     StateError,
                     "[SGD] exclude_from_weight_decay: the optimizer is built already");
}

// ---- constraints ----

// 1 − 3 = −2 becomes 0, and the next step starts there: 0 + 0.5.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_constraint_projects_after_the_step, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({1}, T{1}));
  w.constraint = Constraint("non_neg").template get<T>();
  SGD<T> optimizer({.learning_rate = 1.0});
  optimizer.build({&w});
  set_gradient(w, {3.0});
  optimizer.step();
  check_close(w.value(), {0.0});
  set_gradient(w, {-0.5});
  optimizer.step();
  check_close(w.value(), {0.5});
}

// All weights have moved before the first constraint: the step counts.
BOOST_AUTO_TEST_CASE(a_constraint_that_fails_does_not_undo_the_count) {
  Parameter<double> w("w", Tensor<double>::full({1}, 1.0));
  w.constraint = [](TensorView<double>) { throw std::runtime_error("failed"); };
  SGD<double> optimizer({.learning_rate = 1.0});
  optimizer.build({&w});
  set_gradient(w, {3.0});
  BOOST_CHECK_THROW(optimizer.step(), std::runtime_error);
  check_close(w.value(), {-2.0});
  BOOST_TEST(optimizer.iterations() == 1U);
}

// ---- learning rate ----

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_can_be_set_between_steps, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({}));
  SGD<T> optimizer({.learning_rate = 1.0});
  optimizer.build({&w});
  set_gradient(w, {1.0});
  optimizer.step();
  optimizer.set_learning_rate(0.25);
  BOOST_TEST(optimizer.learning_rate() == 0.25);
  optimizer.step();
  check_close(w.value(), {-1.25});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_schedule_is_asked_for_the_step_before_it_is_made, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({}));
  SGD<T> optimizer({.learning_rate = [](std::uint64_t step) {
    return std::pow(10.0, -static_cast<double>(step));
  }});
  optimizer.build({&w});
  for (const double expected : {-1.0, -1.1, -1.11}) {
    set_gradient(w, {1.0});
    optimizer.step();
    check_close(w.value(), {expected});
  }
  BOOST_TEST(optimizer.learning_rate() == 1e-3, boost::test_tools::tolerance(1e-15));
  RONDO_CHECK_THROWS(optimizer.set_learning_rate(0.1),
                     StateError,
                     "[SGD] set_learning_rate: the rate follows a schedule");
}

BOOST_AUTO_TEST_CASE(rates_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(SGD<float>({.learning_rate = -0.1}),
                     ArgumentError,
                     "[SGD] learning_rate must be finite and not negative, got -0.1");
  RONDO_CHECK_THROWS(SGD<float>({.weight_decay = -0.1}),
                     ArgumentError,
                     "[SGD] weight_decay must be finite and not negative, got -0.1");
  SGD<float> fixed;
  RONDO_CHECK_THROWS(fixed.set_learning_rate(NAN),
                     ArgumentError,
                     "[SGD] learning_rate must be finite and not negative, got nan");
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  SGD<float> optimizer(
      {.learning_rate = [](std::uint64_t step) { return 1.0 - 2.0 * static_cast<double>(step); }});
  optimizer.build({&w});
  set_gradient(w, {0.0});
  optimizer.step();
  RONDO_CHECK_THROWS(
      optimizer.step(), ArgumentError, "[SGD] the schedule gives the learning rate -1 at step 1");
  check_close(w.value(), {1.0});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optimizer_test
