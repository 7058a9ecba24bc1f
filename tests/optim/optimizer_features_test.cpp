// What all optimizers do around their formula: accumulation, averages, scaled losses, L2, resuming.
#include <algorithm>
#include <cmath>

#include "rondo/layers/constraints.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/make_optimizer.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/optimizer_names.hpp"
#include "rondo/tests/optim/support.hpp"
#include "rondo/tests/optim/training.hpp"

namespace optimizer_features_test {

using namespace rondo;
using test::check_close;
using test::check_trajectory;
using test::RealTypes;
using test::set_gradient;

namespace {

/// Steps once for each gradient.
template <Real T>
void step_along(Optimizer<T>& optimizer,
                Parameter<T>& w,
                const std::vector<std::vector<double>>& gradients) {
  for (const auto& gradient : gradients) {
    set_gradient(w, gradient);
    optimizer.step();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_optimizer_features)

// ---- accumulation ----

// The mean of 1 and 3 is 2, of −1 and 2 it is 0.5.
BOOST_AUTO_TEST_CASE_TEMPLATE(every_second_step_uses_the_mean_gradient, T, RealTypes) {
  check_trajectory(SGD<T>({.learning_rate = 1.0, .gradient_accumulation_steps = 2}),
                   {1.0, 3.0, -1.0, 2.0, 5.0},
                   {1.0, -1.0, -1.0, -1.5, -1.5});
}

BOOST_AUTO_TEST_CASE(steps_and_updates_are_counted) {
  Parameter<float> w("w", Tensor<float>::zeros({}));
  SGD<float> optimizer({.gradient_accumulation_steps = 3});
  optimizer.build({&w});
  step_along(optimizer, w, std::vector<std::vector<double>>(7, {1.0}));
  BOOST_TEST(optimizer.iterations() == 7U);
  BOOST_TEST(optimizer.updates() == 2U);
  SGD<float> plain;
  plain.set_iterations(7);
  BOOST_TEST(plain.updates() == 7U);
}

// The mean (3, 4) is shortened to (0.6, 0.8); each gradient by itself would not add up to that.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_mean_is_clipped_not_the_parts, T, RealTypes) {
  for (const SGDOptions& options :
       {SGDOptions{.learning_rate = 1.0, .clipnorm = 1.0, .gradient_accumulation_steps = 2},
        SGDOptions{
            .learning_rate = 1.0, .global_clipnorm = 1.0, .gradient_accumulation_steps = 2}}) {
    Parameter<T> w("w", Tensor<T>::zeros({2}));
    SGD<T> optimizer(options);
    optimizer.build({&w});
    step_along(optimizer, w, {{6.0, 0.0}, {0.0, 8.0}});
    check_close(w.value(), {-0.6, -0.8});
  }
}

// Decay in the update only: 8 · (1 − 0.5 · 0.1) = 7.6.
BOOST_AUTO_TEST_CASE_TEMPLATE(weights_decay_when_they_are_updated, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{8}));
  SGD<T> optimizer({.learning_rate = 0.1, .weight_decay = 0.5, .gradient_accumulation_steps = 2});
  optimizer.build({&w});
  step_along(optimizer, w, {{0.0}});
  check_close(w.value(), {8.0});
  step_along(optimizer, w, {{0.0}});
  check_close(w.value(), {7.6});
}

// A schedule counts all steps (the second is step 1), Adam's corrections the updates: the first
// two are 1 times the rate, 0.1 and 0.3.
BOOST_AUTO_TEST_CASE_TEMPLATE(schedules_count_steps_and_formulas_count_updates, T, RealTypes) {
  const auto rate = [](std::uint64_t step) { return 0.1 * static_cast<double>(step); };
  check_trajectory(Adam<T>({.learning_rate = rate,
                            .beta_1 = 0.5,
                            .beta_2 = 0.75,
                            .epsilon = 0.0,
                            .gradient_accumulation_steps = 2}),
                   {1.0, 1.0, 1.0, 1.0},
                   {1.0, 0.9, 0.9, 0.6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(constraints_hold_in_every_step, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({1}, T{-1}));
  w.constraint = Constraint("non_neg").template get<T>();
  SGD<T> optimizer({.gradient_accumulation_steps = 2});
  optimizer.build({&w});
  step_along(optimizer, w, {{1.0}});
  check_close(w.value(), {0.0});
}

// What came before a step without gradient waits for the next update with one: (1 + 3) / 2.
BOOST_AUTO_TEST_CASE_TEMPLATE(an_accumulated_gradient_is_not_lost, T, RealTypes) {
  Parameter<T> a("a", Tensor<T>::zeros({}));
  Parameter<T> b("b", Tensor<T>::zeros({}));
  SGD<T> optimizer({.learning_rate = 1.0, .gradient_accumulation_steps = 2});
  optimizer.build({&a, &b});
  set_gradient(a, {1.0});
  set_gradient(b, {1.0});
  optimizer.step();
  a.zero_grad();
  optimizer.step();
  check_close(a.value(), {0.0});
  check_close(b.value(), {-1.0});
  optimizer.step();
  set_gradient(a, {3.0});
  optimizer.step();
  check_close(a.value(), {-2.0});
}

// ---- scaled losses ----

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scaled_loss_gives_the_same_step, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{1}));
  SGD<T> optimizer({.learning_rate = 0.5, .clipvalue = 1.5, .loss_scale_factor = 256.0});
  optimizer.build({&w});
  Tape<T> tape;
  const Variable<T> loss = optimizer.scale_loss(sum(square(tape.parameter(w))));
  check_close(loss.value(), {256.0});
  tape.backward(loss);
  optimizer.step();
  check_close(w.value(), {0.25});  // the gradient is 2, cut to 1.5
  SGD<T> plain;
  tape.reset();
  const Variable<T> same = sum(tape.parameter(w));
  BOOST_TEST(plain.scale_loss(same).value().data() == same.value().data());
}

// ---- L2 instead of decay ----

// g = 3 + 0.5 · 8 = 7; momentum keeps it: m = −0.7, then 0.5 · −0.7 − 0.1 · (3 + 0.5 · 7.3)
BOOST_AUTO_TEST_CASE_TEMPLATE(l2_is_added_to_the_gradient, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{8}));
  SGD<T> optimizer({.learning_rate = 0.1,
                    .momentum = 0.5,
                    .weight_decay = 0.5,
                    .decoupled_weight_decay = false});
  optimizer.build({&w});
  step_along(optimizer, w, {{3.0}});
  check_close(w.value(), {7.3});
  step_along(optimizer, w, {{3.0}});
  check_close(w.value(), {7.3 - 0.35 - 0.665});
}

// Clipped first: 3 becomes 1; exclusions hold as for decay.
BOOST_AUTO_TEST_CASE_TEMPLATE(l2_is_added_behind_the_clipping, T, RealTypes) {
  Parameter<T> w("kernel", Tensor<T>::full({}, T{8}));
  Parameter<T> b("bias", Tensor<T>::full({}, T{8}));
  SGD<T> optimizer({.learning_rate = 0.1,
                    .weight_decay = 0.5,
                    .clipvalue = 1.0,
                    .decoupled_weight_decay = false});
  optimizer.exclude_from_weight_decay({"bias"});
  optimizer.build({&w, &b});
  set_gradient(w, {3.0});
  set_gradient(b, {3.0});
  optimizer.step();
  check_close(w.value(), {7.5});
  check_close(b.value(), {7.9});
}

// ---- averages ----

// w = 0, −2, −3;  average = 0, 0.75 · 0 − 0.25 · 2, −0.375 − 0.75
BOOST_AUTO_TEST_CASE_TEMPLATE(averages_begin_with_the_first_step, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{1}));
  SGD<T> optimizer({.learning_rate = 1.0, .use_ema = true, .ema_momentum = 0.75});
  optimizer.build({&w});
  const TensorView<T> average = optimizer.state()[0].values;
  BOOST_TEST(optimizer.state()[0].name == "optimizer/sgd/average/w");
  const std::vector<double> gradients{1.0, 2.0, 1.0};
  const std::vector<double> expected{0.0, -0.5, -1.125};
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    step_along(optimizer, w, {{gradients[i]}});
    check_close(average, {expected[i]});
  }
  check_close(w.value(), {-3.0});
}

// As above, but after step 2 the weight is its average −0.5: 0.75 · −0.5 + 0.25 · −1.5
BOOST_AUTO_TEST_CASE_TEMPLATE(weights_may_become_their_averages_again_and_again, T, RealTypes) {
  check_trajectory(SGD<T>({.learning_rate = 1.0,
                           .use_ema = true,
                           .ema_momentum = 0.75,
                           .ema_overwrite_frequency = 2}),
                   {1.0, 2.0, 1.0, 0.0},
                   {0.0, -0.5, -1.5, 0.75 * -0.75 + 0.25 * -1.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weights_and_averages_can_be_swapped, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({}, T{1}));
  Parameter<T> frozen("frozen", Tensor<T>::full({}, T{7}));
  frozen.trainable = false;
  SGD<T> optimizer({.learning_rate = 1.0, .use_ema = true, .ema_momentum = 0.75});
  optimizer.build({&w, &frozen});
  step_along(optimizer, w, {{1.0}, {2.0}});
  const auto version = w.version();
  optimizer.swap_averages();
  check_close(w.value(), {-0.5});
  check_close(frozen.value(), {7.0}, 0.0);
  BOOST_TEST(w.version() > version);
  const std::string text =
      ": the weights are swapped with their averages: call swap_averages() first";
  RONDO_CHECK_THROWS(optimizer.step(), StateError, "[SGD] step" + text);
  RONDO_CHECK_THROWS(optimizer.finalize(), StateError, "[SGD] finalize" + text);
  RONDO_CHECK_THROWS(static_cast<void>(optimizer.state()), StateError, "[SGD] state" + text);
  optimizer.swap_averages();
  check_close(w.value(), {-2.0});
  optimizer.finalize();
  check_close(w.value(), {-0.5});
}

BOOST_AUTO_TEST_CASE(finalize_leaves_weights_without_averages_alone) {
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  SGD<float> plain({.learning_rate = 1.0});
  plain.build({&w});
  step_along(plain, w, {{3.0}});
  plain.finalize();
  BOOST_TEST(w.value()[0] == -2.0F);
  RONDO_CHECK_THROWS(plain.swap_averages(),
                     StateError,
                     "[SGD] swap_averages: there are no averages without use_ema");
  SGD<float> fresh({.use_ema = true});
  fresh.build({&w});
  fresh.finalize();
  BOOST_TEST(w.value()[0] == -2.0F);
  RONDO_CHECK_THROWS(fresh.swap_averages(),
                     StateError,
                     "[SGD] swap_averages: there are no averages before the first step");
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(SGD<float>({.ema_momentum = 1.5}),
                     ArgumentError,
                     "[SGD] ema_momentum must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(SGD<float>({.use_ema = true, .ema_overwrite_frequency = 0}),
                     ArgumentError,
                     "[SGD] ema_overwrite_frequency must be at least 1, got 0");
  RONDO_CHECK_THROWS(SGD<float>({.ema_overwrite_frequency = 3}),
                     ArgumentError,
                     "[SGD] ema_overwrite_frequency needs use_ema");
  RONDO_CHECK_THROWS(SGD<float>({.loss_scale_factor = 0.0}),
                     ArgumentError,
                     "[SGD] loss_scale_factor must be finite and positive, got 0");
  RONDO_CHECK_THROWS(Adam<float>({.gradient_accumulation_steps = 1}),
                     ArgumentError,
                     "[Adam] gradient_accumulation_steps must be at least 2, got 1");
}

// w = 0.5, 0.75 from 0 with the gradient 2 (w − 1); average = 0.5, (0.5 + 0.75) / 2
BOOST_AUTO_TEST_CASE_TEMPLATE(a_trainer_scales_the_loss_and_ends_with_the_averages, T, RealTypes) {
  Sequential model{Dense<T>{{.units = 1, .use_bias = false, .kernel_initializer = "zeros"}}};
  SGD<T> optimizer(
      {.learning_rate = 0.25, .use_ema = true, .ema_momentum = 0.5, .loss_scale_factor = 64.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history =
      trainer.fit(test::ones<T>(4), {.epochs = 2, .batch_size = 4, .verbose = Verbosity::quiet});
  BOOST_TEST(history.last("loss") == 0.25, boost::test_tools::tolerance(1e-6));
  check_close(model.weights()[0]->value(), {0.625});
}

// ---- resuming ----

// In the middle of an accumulation, with averages: state and number of steps are all there is.
BOOST_AUTO_TEST_CASE_TEMPLATE(every_optimizer_continues_bit_by_bit_from_its_state, T, RealTypes) {
  const std::vector<std::vector<double>> before{
      {1.0, -2.0, 0.5, 3.0}, {0.1, 0.2, -0.3, 0.4}, {2.0, 1.0, 1.0, -1.0}};
  const std::vector<std::vector<double>> after{
      {-1.0, 0.3, 0.2, 0.1}, {0.7, 0.7, -0.9, 1.1}, {0.2, -0.4, 0.6, 0.8}};
  for (const std::string& name : test::optimizer_names) {
    BOOST_TEST_CONTEXT(name) {
      const auto make = [&] { return test::make_busy_optimizer<T>(name); };
      Parameter<T> w("w", Tensor<T>::from_values({2, 2}, {T{1}, T{2}, T{3}, T{4}}));
      const auto first = make();
      first->build({&w});
      step_along(*first, w, before);
      Parameter<T> copy("w", Tensor<T>::zeros({2, 2}));
      copy.assign(std::as_const(w).value());
      const auto second = make();
      second->build({&copy});
      const auto from = first->state();
      const auto to = second->state();
      for (std::size_t i = 0; i < from.size(); ++i) {
        std::copy_n(from[i].values.data(), from[i].values.size(), to[i].values.data());
      }
      second->set_iterations(first->iterations());
      step_along(*first, w, after);
      step_along(*second, copy, after);
      BOOST_TEST(test::values(copy.value()) == test::values(w.value()),
                 boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optimizer_features_test
