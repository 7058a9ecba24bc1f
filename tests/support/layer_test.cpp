#include "rondo/tests/support/layer_test.hpp"

#include <nlohmann/json.hpp>

#include "rondo/formats/weights.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace rondo::test {

namespace {

constexpr std::uint64_t seed = 7;

template <Real T>
class LayerCheck {
 public:
  LayerCheck(const LayerFactory<T>& make, const Shape& shape, const LayerExpectations& expected)
      : make_(make), shape_(shape), expected_(expected), inputs_(shape) {
    Rng rng(seed);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const bool given = !expected.inputs.empty();
      inputs_.data()[i] = static_cast<T>(given ? expected.inputs.at(i) : rng.uniform(-1.0, 1.0));
    }
  }

  void run() const {
    check_unbuilt();
    check_built();
    check_deferred_build();
    check_penalties();
    check_config();
    check_clone();
    check_frozen();
    check_training_flag();
    check_saved();
  }

  /// The output of a new layer.
  [[nodiscard]] std::vector<T> output() const {
    const auto layer = built();
    Tape<T> tape;
    return values((*layer)(tape.constant(inputs_)).value());
  }

 private:
  [[nodiscard]] Shape sample_shape() const { return shape_.erase(0); }

  [[nodiscard]] std::unique_ptr<Layer<T>> built() const {
    auto layer = make_();
    layer->build(sample_shape(), seed);
    return layer;
  }

  void check_weights(const Layer<T>& layer) const {
    const auto weights = layer.weights();
    BOOST_REQUIRE_EQUAL(weights.size(), expected_.weights.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      BOOST_CHECK_EQUAL(weights[i]->path(), expected_.weights[i].first);
      BOOST_CHECK_EQUAL(weights[i]->shape(), expected_.weights[i].second);
      count += expected_.weights[i].second.size();
    }
    BOOST_CHECK_EQUAL(layer.count_parameters(), count);
  }

  void check_unbuilt() const {
    const auto layer = make_();
    BOOST_CHECK(!layer->built());
    const std::string name = layer->name().empty() ? snake_case(layer->type_name()) : layer->name();
    RONDO_CHECK_THROWS(
        static_cast<void>(layer->weights()),
        StateError,
        '[' + name + "] not built: call build(sample_shape) or the layer itself first");
    BOOST_CHECK_EQUAL(layer->output_shape(sample_shape()), expected_.output_shape.erase(0));
  }

  void check_built() const {
    const auto layer = built();
    BOOST_CHECK(layer->built());
    check_weights(*layer);
    RONDO_CHECK_THROWS(layer->build(sample_shape()),
                       StateError,
                       '[' + layer->path() + "] build: the layer is built already");
    Tape<T> tape;
    BOOST_CHECK_EQUAL((*layer)(tape.constant(inputs_)).shape(), expected_.output_shape);
  }

  void check_deferred_build() const {
    const auto layer = make_();
    Tape<T> tape;
    BOOST_CHECK_EQUAL((*layer)(tape.constant(inputs_)).shape(), expected_.output_shape);
    check_weights(*layer);
    const auto same = make_();
    same->build(sample_shape(), 0);
    for (std::size_t i = 0; i < expected_.weights.size(); ++i) {
      BOOST_CHECK(values(layer->weights()[i]->value()) == values(same->weights()[i]->value()));
    }
  }

  void check_penalties() const {
    const auto layer = built();
    Tape<T> tape;
    const auto call = [&] { (*layer)(tape.constant(inputs_)); };
    call();
    BOOST_CHECK_EQUAL(tape.losses().size(),
                      expected_.weight_penalties + expected_.activity_penalties);
    call();
    BOOST_CHECK_EQUAL(tape.losses().size(),
                      expected_.weight_penalties + 2 * expected_.activity_penalties);
    tape.reset();
    layer->set_trainable(false);
    call();
    BOOST_CHECK_EQUAL(tape.losses().size(), expected_.activity_penalties);
  }

  void check_config() const {
    const Config config = make_()->config();
    BOOST_CHECK_EQUAL(config["class_name"], make_()->type_name());
    std::vector<std::string> keys;
    for (const auto& [key, value] : config["config"].items()) {
      keys.push_back(key);
    }
    std::vector<std::string> wanted{"name", "trainable", "dtype"};
    wanted.insert(wanted.end(), expected_.options.begin(), expected_.options.end());
    BOOST_CHECK_EQUAL_COLLECTIONS(keys.begin(), keys.end(), wanted.begin(), wanted.end());
    BOOST_CHECK_EQUAL(config["config"]["dtype"],
                      (std::is_same_v<T, float> ? "float32" : "float64"));
  }

  void check_clone() const {
    const auto layer = make_();
    layer->set_trainable(false);
    BOOST_CHECK_EQUAL(layer->clone()->config().dump(), layer->config().dump());
    layer->build(sample_shape(), seed);
    const auto copy = layer->clone();
    BOOST_CHECK(!copy->built());
    copy->build(sample_shape(), seed);
    BOOST_CHECK_EQUAL(copy->config().dump(), layer->config().dump());
    for (std::size_t i = 0; i < expected_.weights.size(); ++i) {
      BOOST_CHECK(values(copy->weights()[i]->value()) == values(layer->weights()[i]->value()));
      BOOST_CHECK(!copy->weights()[i]->trainable);
    }
  }

  /// Backward reaches every weight, and none of a frozen layer.
  void check_frozen() const {
    const auto layer = built();
    const auto run = [&] {
      Tape<T> tape;
      const auto y = (*layer)(tape.constant(inputs_));
      tape.backward(total_loss(sum(square(y)) + tape.variable(T{1})));
    };
    layer->set_trainable(false);
    run();
    for (const Parameter<T>* weight : layer->weights()) {
      BOOST_CHECK_MESSAGE(!weight->has_grad(), weight->path() << " is frozen");
    }
    layer->reset_states();
    layer->set_trainable(true);
    run();
    for (const Parameter<T>* weight : layer->weights()) {
      BOOST_CHECK_MESSAGE(weight->has_grad(), weight->path() << " has no gradient");
    }
  }

  void check_training_flag() const {
    const auto layer = built();
    Tape<T> tape;
    const auto run = [&](bool training) {
      layer->reset_states();
      return values((*layer)(tape.constant(inputs_), {.training = training}).value());
    };
    const auto output = run(false);
    BOOST_CHECK(run(false) == output);
    BOOST_CHECK_EQUAL(run(true) != output, expected_.training_matters);
  }

  void check_saved() const {
    const TempFolder folder;
    const auto layer = built();
    save_weights(folder / "layer.safetensors", layer->weights());
    const auto other = make_();
    other->build(sample_shape(), seed + 1);
    load_weights(folder / "layer.safetensors", other->weights());
    Tape<T> tape;
    const auto x = tape.constant(inputs_);
    BOOST_CHECK(values((*other)(x).value()) == values((*layer)(x).value()));
  }

  const LayerFactory<T>& make_;
  Shape shape_;
  const LayerExpectations& expected_;
  Tensor<T> inputs_;
};

/// A layer with weights away from its first values: a bias at zero would hide mistakes.
std::unique_ptr<Layer<double>> scattered(const LayerFactory<double>& make, const Shape& shape) {
  auto layer = make();
  layer->build(shape.erase(0), seed);
  Rng rng(seed);
  for (Parameter<double>* weight : layer->weights()) {
    for (double& value : weight->mutable_value()) {
      value = rng.uniform(-0.8, 0.8);
    }
  }
  return layer;
}

Tensor<double> make_inputs(const Shape& shape, const LayerExpectations& expected) {
  return expected.inputs.empty() ? random_tensor<double>(shape, seed)
                                 : Tensor<double>::from_values(shape, expected.inputs);
}

/// All penalties included.
void check_layer_gradients(const LayerFactory<double>& make,
                           const Shape& shape,
                           const LayerExpectations& expected) {
  const auto layer = scattered(make, shape);
  const Tensor<double> inputs = make_inputs(shape, expected);
  const auto f = [&](Tape<double>& tape, std::span<const Variable<double>> x) {
    layer->reset_states();
    const auto y = (*layer)(x.empty() ? tape.constant(inputs) : x[0]);
    return total_loss(sum(y * tape.constant(random_tensor<double>(y.shape(), seed + 1))));
  };
  const std::size_t num_inputs = expected.differentiable_inputs ? 1 : 0;
  const auto result = check_gradients(f, std::span(&inputs, num_inputs), {}, layer->weights());
  BOOST_CHECK_MESSAGE(result, result.report);
}

/// A small step against the gradient lowers the loss.
void check_descent(const LayerFactory<double>& make,
                   const Shape& shape,
                   const LayerExpectations& expected) {
  if (expected.weights.empty()) {
    return;
  }
  const auto layer = scattered(make, shape);
  const Tensor<double> inputs = make_inputs(shape, expected);
  const auto loss = [&](bool backward) {
    layer->reset_states();
    Tape<double> tape;
    const auto total = total_loss(mean(square((*layer)(tape.constant(inputs)))));
    if (backward) {
      tape.backward(total);
    }
    return total.item();
  };
  const double before = loss(true);
  for (Parameter<double>* weight : layer->weights()) {
    const auto gradient = values<double>(weight->grad());
    const auto value = weight->mutable_value();
    for (std::size_t i = 0; i < value.size(); ++i) {
      value[i] -= 1e-3 * gradient[i];
    }
  }
  BOOST_CHECK_LT(loss(false), before);
}

}  // namespace

void check_layer(const LayerFactory<float>& make_float,
                 const LayerFactory<double>& make_double,
                 const Shape& input_shape,
                 const LayerExpectations& expected) {
  const LayerCheck<float> for_float(make_float, input_shape, expected);
  const LayerCheck<double> for_double(make_double, input_shape, expected);
  BOOST_TEST_CONTEXT("float") {
    for_float.run();
  }
  BOOST_TEST_CONTEXT("double") {
    for_double.run();
    check_layer_gradients(make_double, input_shape, expected);
    check_descent(make_double, input_shape, expected);
  }
  BOOST_TEST_CONTEXT("float against double") {
    const auto reference = for_double.output();
    const auto output = for_float.output();
    check_close(std::span<const float>(output), reference, 1e-5);
  }
}

}  // namespace rondo::test
