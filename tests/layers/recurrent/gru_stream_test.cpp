#include "rondo/layers/recurrent/gru_stream.hpp"

#include "rondo/layers/layers.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace gru_stream_test {

using namespace rondo;
using test::random_tensor;
using test::RealTypes;

namespace {

/// Every step of the stream beside the sequence that the model returns.
template <Real T>
void check_stream(Layer<T>& model, const Shape& sample) {
  if (!model.built()) {
    model.build(sample, 1);
  }
  test::randomize(model, 2);
  const Tensor<T> inputs = random_tensor<T>(sample.insert(0, 1), 3);
  Tape<T> tape({.recording = false});
  const auto expected = model(tape.constant(inputs)).value();
  GRUStream<T> stream(model);
  const std::size_t features = sample[1];
  const std::size_t width = expected.shape().back();
  for (std::size_t s = 0; s < sample[0]; ++s) {
    const auto y = stream.step({inputs.data() + s * features, features});
    test::check_close<T>(
        y, test::doubles(std::span(expected.data() + s * width, width)), test::tolerance<T>);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_stream)

BOOST_AUTO_TEST_CASE_TEMPLATE(gives_the_numbers_of_the_layer, T, RealTypes) {
  for (const std::size_t units : {1U, 8U, 16U, 33U}) {
    for (const bool reset_after : {true, false}) {
      GRU<T> layer{{.units = units, .return_sequences = true, .reset_after = reset_after}};
      check_stream(layer, {5, 3});
    }
  }
  GRU<T> other{{.units = 5,
                .activation = "relu",
                .recurrent_activation = "hard_sigmoid",
                .use_bias = false,
                .dropout = 0.5,
                .return_sequences = true}};
  check_stream(other, {4, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(streams_a_stack_with_a_dense_head, T, RealTypes) {
  Sequential<T> model{GRU<T>{{.units = 7, .return_sequences = true}},
                      Dropout<T>{{.rate = 0.5}},
                      GRU<T>{{.units = 4, .return_sequences = true}},
                      Dense<T>{{.units = 3, .activation = "tanh"}},
                      Dense<T>{{.units = 2, .use_bias = false}}};
  check_stream(model, {6, 2});
}

BOOST_AUTO_TEST_CASE(a_state_can_be_reset_read_and_set) {
  GRU<double> layer{{.units = 3}};
  layer.build({1, 2}, 1);
  GRUStream stream(layer);
  const std::vector<double> x{0.3, -0.7};
  const std::vector<double> first = test::doubles(stream.step(x));
  const std::vector<double> second = test::doubles(stream.step(x));
  stream.reset();
  BOOST_TEST(test::doubles(stream.step(x)) == first);
  BOOST_TEST(test::doubles(stream.state()) == first);
  stream.reset();
  stream.set_state(first);
  BOOST_TEST(test::doubles(stream.step(x)) == second);
  BOOST_TEST(stream.num_states() == 1U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_streamed_is_refused_by_name) {
  GRU<float> unbuilt{{.units = 3}};
  RONDO_CHECK_THROWS(GRUStream<float>{unbuilt},
                     StateError,
                     "[gru] not built: call build(sample_shape) or the layer itself first");
  GRU<float> backwards{{.units = 3, .go_backwards = true}};
  backwards.build({4, 2});
  RONDO_CHECK_THROWS(GRUStream<float>{backwards},
                     ArgumentError,
                     "[GRUStream] layer 'gru' goes backwards: its first step is the last of the "
                     "sequence");
  Sequential<float> embedded{Embedding<float>{{.input_dim = 5, .output_dim = 2}},
                             GRU<float>{{.units = 2}}};
  embedded.build({4});
  RONDO_CHECK_THROWS(GRUStream<float>{embedded},
                     ArgumentError,
                     "[GRUStream] layer 'embedding' cannot be streamed: only GRU, Dense and "
                     "Dropout can");
  GRU<float> soft{{.units = 3, .activation = "softmax"}};
  soft.build({4, 2});
  RONDO_CHECK_THROWS(GRUStream<float>{soft},
                     ArgumentError,
                     "[GRUStream] the kernels do not have the activation 'softmax' of gru");
  Dense<float> dense{{.units = 1}};
  dense.build({2});
  RONDO_CHECK_THROWS(GRUStream<float>{dense},
                     ArgumentError,
                     "[GRUStream] layer 'dense' comes before the first GRU");
}

BOOST_AUTO_TEST_CASE(wrong_lengths_are_refused) {
  GRU<float> layer{{.units = 3}};
  layer.build({4, 2});
  GRUStream stream(layer);
  const std::vector<float> three(3);
  RONDO_CHECK_THROWS(stream.step(three), ShapeError, "[GRUStream] step needs 2 values, found 3");
  const std::vector<float> two(2);
  RONDO_CHECK_THROWS(
      stream.set_state(two), ShapeError, "[GRUStream] set_state needs 3 values, found 2");
  RONDO_CHECK_THROWS(static_cast<void>(stream.state(1)),
                     ArgumentError,
                     "[GRUStream] there is no GRU layer 1: the model has 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gru_stream_test
