#include "rondo/layers/dropout.hpp"

#include <nlohmann/json.hpp>

#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace dropout_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
std::vector<T> dropped(Dropout<T>& layer, const Shape& shape) {
  Tape<T> tape;
  return values<T>(layer(tape.constant(Tensor<T>::full(shape, T{1})), {.training = true}).value());
}

/// Keeps the states of all streams it sees.
class StreamRecorder : public StateVisitor<float> {
 public:
  void visit(const std::string& path, Tensor<float>&, const Shape&) override {
    paths.push_back(path);
  }

  void visit(const std::string& path, Rng& stream) override {
    paths.push_back(path);
    streams.push_back(&stream);
  }

  std::vector<std::string> paths;
  std::vector<Rng*> streams;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dropout)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test([]<class T>() { return Dropout<T>({.rate = 0.5}); },
                 {6, 5},
                 {.output_shape = {6, 5},
                  .options = {"rate", "seed", "noise_shape"},
                  .training_matters = true});
}

BOOST_AUTO_TEST_CASE(does_it_with_every_option) {
  const auto make = []<class T>() {
    return Dropout<T>(
        {.rate = 0.25, .noise_shape = {std::nullopt, 1, 4}, .seed = 11, .name = "rain"});
  };
  run_layer_test(make,
                 {6, 5, 4},
                 {.output_shape = {6, 5, 4},
                  .options = {"rate", "seed", "noise_shape"},
                  .training_matters = true});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zeroes_a_share_and_scales_the_rest, T, RealTypes) {
  Dropout<T> layer({.rate = 0.2});
  const auto y = dropped(layer, {100, 100});
  const auto zeros = std::count(y.begin(), y.end(), T{0});
  BOOST_CHECK_CLOSE(static_cast<double>(zeros), 2000.0, 10.0);
  BOOST_CHECK_EQUAL(zeros + std::count(y.begin(), y.end(), static_cast<T>(1.25)), 10'000);
}

BOOST_AUTO_TEST_CASE(draws_anew_in_every_call) {
  Dropout<float> layer({.rate = 0.5});
  BOOST_CHECK(dropped(layer, {4, 8}) != dropped(layer, {4, 8}));
}

BOOST_AUTO_TEST_CASE(scales_the_gradient_like_the_value) {
  Dropout<double> layer({.rate = 0.5});
  Tape<double> tape;
  const auto x = tape.variable(Tensor<double>::full({3, 4}, 1.0));
  const auto y = layer(x, {.training = true});
  tape.backward(sum(y));
  BOOST_CHECK(values<double>(x.grad()) == values<double>(y.value()));
}

BOOST_AUTO_TEST_CASE(returns_the_inputs_themselves_if_there_is_nothing_to_do) {
  Dropout<float> none({.rate = 0.0});
  Dropout<float> half({.rate = 0.5});
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::full({2, 2}, 1.0F));
  BOOST_CHECK_EQUAL(none(x, {.training = true}).value().data(), x.value().data());
  BOOST_CHECK_EQUAL(half(x).value().data(), x.value().data());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leaves_zeros_at_rate_one, T, RealTypes) {
  Dropout<T> layer({.rate = 1.0});
  BOOST_CHECK(dropped(layer, {2, 2}) == std::vector<T>({0, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(shares_its_mask_along_axes_of_size_one) {
  Dropout<float> layer({.rate = 0.5, .noise_shape = {std::nullopt, 1, std::nullopt}, .seed = 1});
  const auto y = dropped(layer, {2, 3, 4});
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t i = 0; i < 4; ++i) {
      BOOST_CHECK_EQUAL(y[n * 12 + i], y[n * 12 + 4 + i]);
      BOOST_CHECK_EQUAL(y[n * 12 + i], y[n * 12 + 8 + i]);
    }
  }
  BOOST_CHECK(std::count(y.begin(), y.end(), 0.0F) % 3 == 0);
}

BOOST_AUTO_TEST_CASE(refuses_a_noise_shape_that_does_not_fit) {
  Dropout<float> layer({.rate = 0.5, .noise_shape = {2, 3}});
  const std::string text =
      "[dropout] noise_shape must have the size of the inputs or 1 in every axis: noise_shape ";
  RONDO_CHECK_THROWS(dropped(layer, {2, 4}), ShapeError, text + "(2, 3), inputs (2, 4)");
  RONDO_CHECK_THROWS(dropped(layer, {2, 3, 1}), ShapeError, text + "(2, 3), inputs (2, 3, 1)");
  RONDO_CHECK_THROWS(dropped(layer, {2}), ShapeError, text + "(2, 3), inputs (2)");
}

BOOST_AUTO_TEST_CASE(refuses_options_out_of_range) {
  RONDO_CHECK_THROWS(
      Dropout<float>({}), ArgumentError, "[Dropout] rate must lie in [0, 1], got -1");
  RONDO_CHECK_THROWS(
      Dropout<float>({.rate = 1.5}), ArgumentError, "[Dropout] rate must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(Dropout<float>({.rate = std::nan("")}),
                     ArgumentError,
                     "[Dropout] rate must lie in [0, 1], got nan");
  RONDO_CHECK_THROWS(Dropout<float>({.rate = 0.5, .noise_shape = {1, 0}}),
                     ArgumentError,
                     "[Dropout] every size in noise_shape must be positive, got 0");
  RONDO_CHECK_THROWS(Dropout<float>({.rate = 0.5, .noise_shape = {1, 1, 1, 1, 1}}),
                     ArgumentError,
                     "[Dropout] noise_shape must have at most 4 entries, got 5");
}

BOOST_AUTO_TEST_CASE(takes_its_stream_from_the_model_or_from_its_seed) {
  const auto output = [](DropoutOptions options, std::uint64_t seed) {
    Dropout<float> layer(std::move(options));
    layer.build({50}, seed);
    return dropped(layer, {4, 50});
  };
  BOOST_CHECK(output({.rate = 0.5}, 1) == output({.rate = 0.5}, 1));
  BOOST_CHECK(output({.rate = 0.5}, 1) != output({.rate = 0.5}, 2));
  BOOST_CHECK(output({.rate = 0.5}, 1) != output({.rate = 0.5, .name = "other"}, 1));
  BOOST_CHECK(output({.rate = 0.5, .seed = 3}, 1) ==
              output({.rate = 0.5, .seed = 3, .name = "other"}, 2));
}

BOOST_AUTO_TEST_CASE(shows_its_stream_so_that_it_can_be_resumed) {
  Sequential model{Dense<float>({.units = 3}), Dropout<float>({.rate = 0.5})};
  model.build({2});
  StreamRecorder recorder;
  model.visit_states(recorder);
  BOOST_REQUIRE_EQUAL(recorder.streams.size(), 1);
  BOOST_CHECK_EQUAL(recorder.paths.front(), "dropout/dropout");
  const auto output = [&] {
    Tape<float> tape;
    const auto x = tape.constant(Tensor<float>::full({8, 2}, 1.0F));
    return values<float>(model(x, {.training = true}).value());
  };
  const std::string state = recorder.streams[0]->state();
  const auto first = output();
  BOOST_CHECK(output() != first);
  recorder.streams[0]->set_state(state);
  BOOST_CHECK(output() == first);
}

BOOST_AUTO_TEST_CASE(takes_no_memory_from_the_heap_in_a_steady_pass) {
  Dropout<float> layer({.rate = 0.5});
  const auto x = Tensor<float>::full({64, 64}, 1.0F);
  Tape<float> tape;
  const auto pass = [&] {
    tape.reset();
    layer(tape.borrow(x), {.training = true});
  };
  pass();
  pass();
  const std::size_t blocks = tape.values().block_allocations();
  pass();
  BOOST_CHECK_EQUAL(tape.values().block_allocations(), blocks);
}

BOOST_AUTO_TEST_CASE(writes_its_config) {
  const Dropout<float> plain({.rate = 0.5});
  BOOST_CHECK_EQUAL(plain.config()["config"]["rate"], 0.5);
  BOOST_CHECK(plain.config()["config"]["seed"].is_null());
  BOOST_CHECK(plain.config()["config"]["noise_shape"].is_null());
  const Dropout<float> full({.rate = 0.5, .noise_shape = {std::nullopt, 1}, .seed = 9});
  BOOST_CHECK_EQUAL(full.config()["config"]["seed"], 9);
  BOOST_CHECK_EQUAL(full.config()["config"]["noise_shape"].dump(), "[null,1]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dropout_test
