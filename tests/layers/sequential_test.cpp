#include "rondo/layers/sequential.hpp"

#include <nlohmann/json.hpp>

#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/embedding.hpp"
#include "rondo/layers/masking.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace sequential_test {

using namespace rondo;
using namespace rondo::test;

namespace {

/// Passes its inputs on and keeps the mask it was called with.
class MaskProbe : public Layer<float> {
 public:
  explicit MaskProbe(std::vector<bool>* seen) : seen_(seen) {}

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] std::string type_name() const override { return "MaskProbe"; }

  [[nodiscard]] std::unique_ptr<Layer> clone() const override {
    return std::make_unique<MaskProbe>(seen_);
  }

 protected:
  Variable<float> call(const Variable<float>& inputs, const CallOptions<float>& options) override {
    *seen_ = options.mask ? values<bool>(options.mask) : std::vector<bool>();
    return inputs;
  }

 private:
  std::vector<bool>* seen_;
};

const std::vector<bool> second_masked{true, false, true};

}  // namespace

BOOST_AUTO_TEST_SUITE(sequential)

BOOST_AUTO_TEST_CASE(runs_its_layers_one_after_another) {
  Sequential model{
      Dense<double>({.units = 2, .activation = "relu", .kernel_initializer = "identity"}),
      Dense<double>({.units = 1, .kernel_initializer = "ones", .bias_initializer = "ones"})};
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::from_values({2, 2}, {1, 2, -3, 4}));
  check_close(model(x), {4, 5});
  BOOST_CHECK_EQUAL(model.output_shape({2}), (Shape{1}));
  BOOST_CHECK_EQUAL(model.count_parameters(), 9);
}

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  const auto make = []<class T>() {
    return Sequential<T>(Dense<T>({.units = 3,
                                   .activation = "tanh",
                                   .kernel_regularizer = "l2",
                                   .activity_regularizer = "l2"}),
                         Dropout<T>({.rate = 0.5}),
                         Dense<T>({.units = 2, .bias_regularizer = "l1"}));
  };
  Sequential<double> model = make.operator()<double>();
  model.build({4});
  BOOST_CHECK_EQUAL(model.weights().size(), 4);
  // As a child, because the path of a model that is a root is empty.
  const auto nested = [&]<class T>() {
    Sequential<T> outer;
    outer.add(make.template operator()<T>());
    return outer;
  };
  run_layer_test(nested,
                 {5, 4},
                 {.output_shape = {5, 2},
                  .weights = {{"sequential/dense/kernel", {4, 3}},
                              {"sequential/dense/bias", {3}},
                              {"sequential/dense_1/kernel", {3, 2}},
                              {"sequential/dense_1/bias", {2}}},
                  .options = {"layers"},
                  .weight_penalties = 2,
                  .activity_penalties = 1,
                  .training_matters = true});
}

BOOST_AUTO_TEST_CASE(hands_the_callers_mask_along) {
  std::vector<bool> first;
  std::vector<bool> last;
  Sequential<float> model{MaskProbe(&first), Dense<float>({.units = 2}), MaskProbe(&last)};
  const auto mask = Tensor<bool>::from_values({1, 3}, {true, false, true});
  Tape<float> tape;
  model(tape.constant(Tensor<float>::zeros({1, 3, 2})), {.mask = mask});
  BOOST_CHECK(first == second_masked);
  BOOST_CHECK(last == second_masked);
  model(tape.constant(Tensor<float>::zeros({1, 3, 2})));
  BOOST_CHECK(first.empty());
}

BOOST_AUTO_TEST_CASE(hands_the_mask_of_an_embedding_along) {
  std::vector<bool> seen;
  Sequential<float> model{Embedding<float>({.input_dim = 4, .output_dim = 2, .mask_zero = true}),
                          MaskProbe(&seen)};
  Tape<float> tape;
  const auto ids = tape.constant(Tensor<float>::from_values({1, 3}, {3, 0, 1}));
  model(ids);
  BOOST_CHECK(seen == second_masked);
  BOOST_CHECK(values<bool>(model.compute_mask(ids, {})) == second_masked);
}

BOOST_AUTO_TEST_CASE(follows_masks_that_depend_on_values_inside_nested_models) {
  std::vector<bool> seen;
  // relu makes the second step zero, which the inputs themselves are not.
  Sequential<float> inner{
      Dense<float>({.units = 1, .activation = "relu", .kernel_initializer = "ones"}),
      Masking<float>()};
  Sequential<float> outer;
  outer.add(std::move(inner));
  outer.add(MaskProbe(&seen));
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::from_values({1, 3, 1}, {1, -1, 2}));
  outer(x);
  BOOST_CHECK(seen == second_masked);
  BOOST_CHECK(values<bool>(outer.compute_mask(x, {})) == second_masked);
}

BOOST_AUTO_TEST_CASE(grows_until_it_is_built) {
  Sequential<float> model;
  Dense<float>& first = model.add(Dense<float>({.units = 2}));
  model.add(
      std::unique_ptr<Layer<float>>(std::make_unique<Dense<float>>(DenseOptions{.units = 1})));
  model.build({3});
  BOOST_CHECK_EQUAL(first.path(), "dense");
  BOOST_CHECK_EQUAL(model.children().size(), 2);
  RONDO_CHECK_THROWS(model.add(Dense<float>({.units = 2})),
                     StateError,
                     "[Sequential] add: the model is built already");
}

BOOST_AUTO_TEST_CASE(is_refused_without_layers) {
  Sequential<float> model;
  RONDO_CHECK_THROWS(model.build({3}), StateError, "[Sequential] the model has no layers");
}

BOOST_AUTO_TEST_CASE(takes_no_initial_state) {
  Sequential<float> model{Dense<float>({.units = 1})};
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({1, 2}));
  RONDO_CHECK_THROWS(model(x, {.initial_state = std::span(&x, 1)}),
                     ArgumentError,
                     "[Sequential] initial_state belongs to a recurrent layer, not to a model");
}

BOOST_AUTO_TEST_CASE(passes_the_training_flag_on) {
  Sequential<float> model{rondo::Dropout<float>({.rate = 1.0})};
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::full({1, 2}, 1.0F));
  check_close(model(x), {1, 1});
  check_close(model(x, {.training = true}), {0, 0});
}

BOOST_AUTO_TEST_CASE(names_the_layer_that_inputs_do_not_fit) {
  Sequential<float> model{Dense<float>({.units = 3}), Dense<float>({.units = 1})};
  model.build({2});
  Tape<float> tape;
  RONDO_CHECK_THROWS(model(tape.constant(Tensor<float>::zeros({4, 5}))),
                     ShapeError,
                     "[dense] expected inputs with 2 features, found 5: inputs (4, 5)");
}

BOOST_AUTO_TEST_CASE(names_what_a_recurrent_layer_in_front_must_return) {
  Sequential<float> model{GRU<float>({.units = 3}), GRU<float>({.units = 2})};
  RONDO_CHECK_THROWS(model.build({5, 2}),
                     ShapeError,
                     "[gru_1] expected inputs [N, steps, features], found [N, 3]: set "
                     "return_sequences of gru in front of it");
  Sequential<float> both{Bidirectional<float>(GRU<float>({.units = 3})),
                         Bidirectional<float>(GRU<float>({.units = 2}))};
  RONDO_CHECK_THROWS(both.build({5, 2}),
                     ShapeError,
                     "[bidirectional_1/forward_gru] expected inputs [N, steps, features], found "
                     "[N, 6]: set return_sequences of bidirectional in front of it");
  Sequential<float> dense{Dense<float>({.units = 3}), GRU<float>({.units = 2})};
  RONDO_CHECK_THROWS(
      dense.build({2}), ShapeError, "[gru] expected inputs [N, steps, features], found [N, 3]");
}

BOOST_AUTO_TEST_CASE(clones_layers_with_their_options_and_not_their_values) {
  Sequential<float> model{Dense<float>({.units = 3, .trainable = false}),
                          rondo::Dropout<float>({.rate = 0.5}),
                          Dense<float>({.units = 1})};
  const auto copy = model.clone();
  BOOST_CHECK_EQUAL(copy->config().dump(), model.config().dump());
  model.build({2}, 1);
  copy->build({2}, 2);
  BOOST_CHECK(values<float>(copy->weights()[0]->value()) !=
              values<float>(model.weights()[0]->value()));
  BOOST_CHECK(!copy->weights()[0]->trainable);
  BOOST_CHECK(copy->weights()[2]->trainable);
}

BOOST_AUTO_TEST_CASE(lists_its_layers_in_its_config) {
  const Sequential<float> model{Dense<float>({.units = 3}), Masking<float>()};
  const Config layers = model.config()["config"]["layers"];
  BOOST_REQUIRE_EQUAL(layers.size(), 2);
  BOOST_CHECK_EQUAL(layers[0]["class_name"], "Dense");
  BOOST_CHECK_EQUAL(layers[1]["class_name"], "Masking");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sequential_test
