#include "rondo/layers/embedding.hpp"

#include <nlohmann/json.hpp>

#include "rondo/tests/support/layer_test.hpp"

namespace embedding_test {

using namespace rondo;
using namespace rondo::test;

namespace {

const std::vector<std::string> embedding_options{"input_dim",
                                                 "output_dim",
                                                 "embeddings_initializer",
                                                 "embeddings_regularizer",
                                                 "activity_regularizer",
                                                 "embeddings_constraint",
                                                 "mask_zero"};

}  // namespace

BOOST_AUTO_TEST_SUITE(embedding)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test([]<class T>() { return Embedding<T>({.input_dim = 5, .output_dim = 3}); },
                 {2, 4},
                 {.output_shape = {2, 4, 3},
                  .weights = {{"embedding/embeddings", {5, 3}}},
                  .options = embedding_options,
                  .inputs = {0, 4, 2, 2, 1, 3, 0, 2},
                  .differentiable_inputs = false});
}

BOOST_AUTO_TEST_CASE(does_it_with_every_option) {
  const auto make = []<class T>() {
    return Embedding<T>({.input_dim = 3,
                         .output_dim = 2,
                         .embeddings_initializer = "glorot_normal",
                         .embeddings_regularizer = "l2",
                         .activity_regularizer = "l1",
                         .embeddings_constraint = "unit_norm",
                         .mask_zero = true,
                         .name = "words"});
  };
  run_layer_test(make,
                 {4},
                 {.output_shape = {4, 2},
                  .weights = {{"words/embeddings", {3, 2}}},
                  .options = embedding_options,
                  .weight_penalties = 1,
                  .activity_penalties = 1,
                  .inputs = {0, 2, 2, 1},
                  .differentiable_inputs = false});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(looks_rows_up_and_adds_their_gradients, T, RealTypes) {
  const auto table = Tensor<double>::from_values({3, 2}, {1, 2, 3, 4, 5, 6});
  Embedding<T> layer(
      {.input_dim = 3, .output_dim = 2, .embeddings_initializer = initializers::values(table)});
  Tape<T> tape;
  const auto y = layer(tape.constant(Tensor<T>::from_values({1, 3}, {2, 0, 2})));
  check_close(y, {5, 6, 1, 2, 5, 6});
  tape.backward(sum(y * tape.constant(Tensor<T>::from_values({3, 2}, {1, 2, 3, 4, 5, 6}))));
  check_close(std::as_const(*layer.weights()[0]).grad(), {3, 4, 0, 0, 6, 8});
}

BOOST_AUTO_TEST_CASE(begins_with_small_uniform_values) {
  Embedding<double> layer({.input_dim = 100, .output_dim = 10});
  layer.build({1});
  for (const double value : layer.weights()[0]->value()) {
    BOOST_CHECK_LE(std::abs(value), 0.05);
  }
}

BOOST_AUTO_TEST_CASE(refuses_ids_that_it_does_not_have) {
  Embedding<float> layer({.input_dim = 3, .output_dim = 2});
  Tape<float> tape;
  const auto call = [&](float id) { layer(tape.constant(Tensor<float>::full({1, 1}, id))); };
  call(2.0F);
  const std::string text = " at position 0 is not a whole number in [0, 3)";
  RONDO_CHECK_THROWS(call(3.0F), ArgumentError, "[gather] index 3" + text);
  RONDO_CHECK_THROWS(call(-1.0F), ArgumentError, "[gather] index -1" + text);
  RONDO_CHECK_THROWS(call(0.5F), ArgumentError, "[gather] index 0.5" + text);
}

BOOST_AUTO_TEST_CASE(masks_zeros_if_asked_to) {
  Tape<float> tape;
  const auto ids = tape.constant(Tensor<float>::from_values({2, 3}, {1, 0, 2, 0, 0, 1}));
  const Embedding<float> masking({.input_dim = 3, .output_dim = 2, .mask_zero = true});
  const auto mask = masking.compute_mask(ids, {});
  BOOST_CHECK_EQUAL(mask.shape(), (Shape{2, 3}));
  BOOST_CHECK(values<bool>(mask) == std::vector<bool>({true, false, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(passes_no_mask_on) {
  Tape<float> tape;
  const auto ids = tape.constant(Tensor<float>::from_values({1, 2}, {1, 0}));
  const auto incoming = Tensor<bool>::from_values({1, 2}, {true, false});
  const Embedding<float> plain({.input_dim = 3, .output_dim = 2});
  BOOST_CHECK(!plain.compute_mask(ids, incoming));
}

BOOST_AUTO_TEST_CASE(is_refused_without_sizes) {
  RONDO_CHECK_THROWS(Embedding<float>({.output_dim = 2}),
                     ArgumentError,
                     "[Embedding] input_dim must be positive, got 0");
  RONDO_CHECK_THROWS(Embedding<float>({.input_dim = 2}),
                     ArgumentError,
                     "[Embedding] output_dim must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(writes_its_config) {
  const Embedding<double> layer({.input_dim = 7, .output_dim = 2, .mask_zero = true});
  const Config config = layer.config();
  BOOST_CHECK_EQUAL(config["config"]["input_dim"], 7);
  BOOST_CHECK_EQUAL(config["config"]["mask_zero"], true);
  BOOST_CHECK_EQUAL(config["config"]["embeddings_initializer"]["class_name"], "RandomUniform");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace embedding_test
