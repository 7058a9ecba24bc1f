#include "rondo/layers/layer_normalization.hpp"

#include <nlohmann/json.hpp>

#include "rondo/tests/support/layer_test.hpp"

namespace layer_normalization_test {

using namespace rondo;
using namespace rondo::test;

namespace {

const std::vector<std::string> options{"axis",
                                       "epsilon",
                                       "center",
                                       "scale",
                                       "beta_initializer",
                                       "gamma_initializer",
                                       "beta_regularizer",
                                       "gamma_regularizer",
                                       "beta_constraint",
                                       "gamma_constraint"};

const std::vector<double> inputs{1.0, 2.0, 4.0, -1.0, 0.5, 0.0, 3.0, 3.0, 3.0, 0.1, -0.2, 5.0};

/// The weights are evenly spaced: gamma from 0.5 to 2, beta from -1 to 1.
template <Real T>
std::vector<T> outputs_of(const std::vector<int>& axis, const Shape& row) {
  const auto spaced = [&](double first, double last) {
    Tensor<double> values(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      values.data()[i] =
          first + (last - first) * static_cast<double>(i) / static_cast<double>(row.size() - 1);
    }
    return initializers::values(values);
  };
  LayerNormalization<T> layer(
      {.axis = axis, .beta_initializer = spaced(-1.0, 1.0), .gamma_initializer = spaced(0.5, 2.0)});
  Tape<T> tape;
  Tensor<T> x({2, 2, 3});
  std::transform(
      inputs.begin(), inputs.end(), x.data(), [](double v) { return static_cast<T>(v); });
  return values(layer(tape.constant(x)).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layer_normalization_layer)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test(
      []<class T>() { return LayerNormalization<T>(); },
      {4, 5, 3},
      {.output_shape = {4, 5, 3},
       .weights = {{"layer_normalization/gamma", {3}}, {"layer_normalization/beta", {3}}},
       .options = options});
}

BOOST_AUTO_TEST_CASE(does_it_with_every_option) {
  const auto make = []<class T>() {
    return LayerNormalization<T>({.axis = {1, 2},
                                  .epsilon = 0.01,
                                  .beta_initializer = "ones",
                                  .gamma_initializer = "random_normal",
                                  .beta_regularizer = "l2",
                                  .gamma_regularizer = "l1",
                                  .beta_constraint = "non_neg",
                                  .gamma_constraint = "max_norm",
                                  .name = "norm"});
  };
  run_layer_test(make,
                 {4, 2, 3},
                 {.output_shape = {4, 2, 3},
                  .weights = {{"norm/gamma", {2, 3}}, {"norm/beta", {2, 3}}},
                  .options = options,
                  .weight_penalties = 2});
}

BOOST_AUTO_TEST_CASE(does_it_with_one_weight) {
  run_layer_test([]<class T>() { return LayerNormalization<T>({.center = false}); },
                 {4, 3},
                 {.output_shape = {4, 3},
                  .weights = {{"layer_normalization/gamma", {3}}},
                  .options = options});
  run_layer_test(
      []<class T>() { return LayerNormalization<T>({.scale = false}); },
      {4, 3},
      {.output_shape = {4, 3}, .weights = {{"layer_normalization/beta", {3}}}, .options = options});
}

// tests/golden/losses/make_layer_normalization.py
BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_are_those_of_keras, T, RealTypes) {
  const std::vector<double> last{-1.5343507558194738,
                                 -0.3339692223871711,
                                 3.6717537790973673,
                                 -1.6672957039939813,
                                 1.3345914079879626,
                                 1.5338365631951851,
                                 -1.0,
                                 0.0,
                                 1.0,
                                 -1.3215949810467267,
                                 -0.9612893455201069,
                                 3.8244428770190773};
  const std::vector<double> both{-1.0261660351192352,
                                 -0.13947778190145965,
                                 1.8147847041811138,
                                 -1.6316224583464665,
                                 -0.02275163583779871,
                                 -0.36063382620023243,
                                 -0.81217621792174,
                                 -0.29948194867478395,
                                 0.21321232057217165,
                                 -1.5059896694132664,
                                 -1.751920237048258,
                                 3.950207698985349};
  const double allowed = std::is_same_v<T, float> ? 2e-6 : 1e-12;
  const auto found_last = outputs_of<T>({-1}, {3});
  check_close(std::span<const T>(found_last), last, allowed);
  const auto found_both = outputs_of<T>({-2, -1}, {2, 3});
  check_close(std::span<const T>(found_both), both, allowed);
}

BOOST_AUTO_TEST_CASE(passes_its_mask_on) {
  LayerNormalization<float> layer;
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({1, 2, 3}));
  const auto mask = Tensor<bool>::full({1, 2}, true);
  BOOST_CHECK(layer.compute_mask(x, mask).data() == mask.data());
}

BOOST_AUTO_TEST_CASE(writes_its_axis_as_keras_does) {
  BOOST_CHECK_EQUAL(LayerNormalization<float>().config()["config"]["axis"].dump(), "-1");
  BOOST_CHECK_EQUAL(LayerNormalization<float>({.axis = {-2, -1}}).config()["config"]["axis"].dump(),
                    "[-2,-1]");
}

BOOST_AUTO_TEST_CASE(refuses_axes_that_are_not_the_last_ones) {
  const auto text = [](const std::string& axes) {
    return "[LayerNormalization] axis must name the last axes of the 3 that inputs have, without "
           "the batch, got " +
           axes;
  };
  RONDO_CHECK_THROWS(
      LayerNormalization<float>({.axis = {1}}).build({2, 3}), ArgumentError, text("1"));
  RONDO_CHECK_THROWS(
      LayerNormalization<float>({.axis = {0, 1, 2}}).build({2, 3}), ArgumentError, text("0, 1, 2"));
  RONDO_CHECK_THROWS(
      LayerNormalization<float>({.axis = {-1, 2}}).build({2, 3}), ArgumentError, text("-1, 2"));
  RONDO_CHECK_THROWS(LayerNormalization<float>({.axis = {}}),
                     ArgumentError,
                     "[LayerNormalization] axis must name at least one axis");
  RONDO_CHECK_THROWS(LayerNormalization<float>({.epsilon = 0.0}),
                     ArgumentError,
                     "[LayerNormalization] epsilon must be positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace layer_normalization_test
