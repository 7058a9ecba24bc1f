// Names and paths of layers and weights.
#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/support/check.hpp"

namespace names_test {

using namespace rondo;
using namespace rondo::test;

namespace {

using Dense = rondo::Dense<float>;

template <Real T>
std::vector<std::string> paths(const Layer<T>& layer) {
  std::vector<std::string> result;
  for (const Parameter<T>* weight : layer.weights()) {
    result.push_back(weight->path());
  }
  return result;
}

using Paths = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(of_classes_become_snake_case) {
  BOOST_CHECK_EQUAL(snake_case("Dense"), "dense");
  BOOST_CHECK_EQUAL(snake_case("GRU"), "gru");
  BOOST_CHECK_EQUAL(snake_case("GRUCell"), "gru_cell");
  BOOST_CHECK_EQUAL(snake_case("StackedRNNCells"), "stacked_rnn_cells");
  BOOST_CHECK_EQUAL(snake_case("LayerNormalization"), "layer_normalization");
  BOOST_CHECK_EQUAL(snake_case("V1GRUCell"), "v1_gru_cell");
  BOOST_CHECK_EQUAL(snake_case(""), "");
}

BOOST_AUTO_TEST_CASE(of_a_single_layer_follow_its_class_or_its_option) {
  Dense plain({.units = 1});
  BOOST_CHECK_EQUAL(plain.name(), "");
  plain.build({2});
  BOOST_CHECK_EQUAL(plain.name(), "dense");
  BOOST_CHECK_EQUAL(plain.path(), "dense");
  Dense named({.units = 1, .use_bias = false, .name = "head"});
  named.build({2});
  BOOST_CHECK_EQUAL(named.path(), "head");
  BOOST_CHECK(paths(named) == Paths({"head/kernel"}));
}

BOOST_AUTO_TEST_CASE(are_numbered_within_a_model) {
  Sequential model{Dense({.units = 1, .use_bias = false}),
                   rondo::Dropout<float>({.rate = 0.5}),
                   Dense({.units = 1, .use_bias = false}),
                   Dense({.units = 1, .use_bias = false})};
  model.build({2});
  BOOST_CHECK(paths(model) == Paths({"dense/kernel", "dense_1/kernel", "dense_2/kernel"}));
  BOOST_CHECK_EQUAL(model.children()[1]->path(), "dropout");
}

BOOST_AUTO_TEST_CASE(that_are_given_come_before_numbered_ones) {
  Sequential model{Dense({.units = 1, .use_bias = false}),
                   Dense({.units = 1, .use_bias = false, .name = "dense"}),
                   Dense({.units = 1, .use_bias = false})};
  model.build({2});
  BOOST_CHECK(paths(model) == Paths({"dense_1/kernel", "dense/kernel", "dense_2/kernel"}));
}

BOOST_AUTO_TEST_CASE(that_are_given_twice_are_refused) {
  Sequential model{Dense({.units = 1, .name = "a"}), Dense({.units = 1, .name = "a"})};
  RONDO_CHECK_THROWS(model.build({2}), ArgumentError, "[Sequential] two layers are named 'a'");
}

BOOST_AUTO_TEST_CASE(of_nested_models_show_the_way) {
  const auto inner = [] {
    return Sequential<float>(Dense({.units = 1, .use_bias = false}),
                             Dense({.units = 1, .use_bias = false}));
  };
  Sequential<float> model;
  model.add(inner());
  model.add(Dense({.units = 1, .use_bias = false}));
  model.add(inner());
  model.build({2});
  BOOST_CHECK(paths(model) == Paths({"sequential/dense/kernel",
                                     "sequential/dense_1/kernel",
                                     "dense/kernel",
                                     "sequential_1/dense/kernel",
                                     "sequential_1/dense_1/kernel"}));
}

BOOST_AUTO_TEST_CASE(give_each_weight_a_stream_of_its_own) {
  const auto first_weight = [](std::uint64_t seed, const std::string& name) {
    Dense layer({.units = 3, .name = name});
    layer.build({4}, seed);
    return values<float>(layer.weights()[0]->value());
  };
  BOOST_CHECK(first_weight(1, "a") == first_weight(1, "a"));
  BOOST_CHECK(first_weight(1, "a") != first_weight(2, "a"));
  BOOST_CHECK(first_weight(1, "a") != first_weight(1, "b"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace names_test
