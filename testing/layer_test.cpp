#include "rondo/testing/layer_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/gradient_check.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/recurrent/cell.hpp"

namespace rondo::testing {

namespace {

constexpr std::uint64_t seed = 7;

using Problems = std::vector<std::string>;

/// A folder that is gone at the end.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "rondo-layer-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      throw_format_error("test_layer", "no temporary folder can be made: " + path_);
    }
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path operator/(const char* name) const {
    return std::filesystem::path(path_) / name;
  }

 private:
  std::string path_;
};

template <Real T>
std::vector<T> values(TensorView<const T> view) {
  return std::vector<T>(view.begin(), view.end());
}

template <Real T>
Tensor<T> random_tensor(const Shape& shape, std::uint64_t from) {
  Tensor<T> result(shape);
  Rng rng(from);
  for (T& value : result.view()) {
    value = static_cast<T>(rng.uniform(-1.0, 1.0));
  }
  return result;
}

template <Real T>
Tensor<T> make_inputs(const Shape& shape, const LayerExpectations& expected) {
  if (expected.inputs.empty()) {
    return random_tensor<T>(shape, seed);
  }
  Tensor<T> inputs(shape);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs.data()[i] = static_cast<T>(expected.inputs.at(i));
  }
  return inputs;
}

/// A call; that of a cell has states, which are not 0: that would hide mistakes.
template <Real T>
Variable<T> run_layer(Layer<T>& layer, const Variable<T>& inputs, bool training = false) {
  layer.reset_states();
  auto* const cell = dynamic_cast<Cell<T>*>(&layer);
  if (cell == nullptr) {
    return layer(inputs, {.training = training});
  }
  cell->reset_masks();
  std::vector<Variable<T>> states;
  for (const Shape& shape : cell->state_shapes()) {
    const Shape with_batch = shape.insert(0, inputs.shape()[0]);
    states.push_back(inputs.tape().constant(Tensor<T>::full(with_batch, T{0.25})));
  }
  return layer(inputs, {.training = training, .initial_state = states});
}

template <Real T>
class LayerCheck {
 public:
  LayerCheck(const LayerFactory<T>& make,
             const Shape& shape,
             const LayerExpectations& expected,
             Problems& problems)
      : make_(make),
        shape_(shape),
        expected_(expected),
        inputs_(make_inputs<T>(shape, expected)),
        problems_(problems) {}

  void run() {
    part("before build", &LayerCheck::check_unbuilt);
    part("build", &LayerCheck::check_built);
    part("build by the first call", &LayerCheck::check_deferred_build);
    part("penalties", &LayerCheck::check_penalties);
    part("config", &LayerCheck::check_config);
    part("clone", &LayerCheck::check_clone);
    part("freezing", &LayerCheck::check_frozen);
    part("training", &LayerCheck::check_training_flag);
    part("weights in a file", &LayerCheck::check_saved);
  }

  /// The output of a new layer.
  [[nodiscard]] std::vector<T> output() const {
    const auto layer = built();
    Tape<T> tape;
    return values(run_layer(*layer, tape.constant(inputs_)).value());
  }

 private:
  /// An error that a part does not expect is a problem of its own.
  void part(const char* name, void (LayerCheck::*check)()) {
    part_ = name;
    try {
      (this->*check)();
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  void fail(std::string_view problem) {
    problems_.push_back(
        fmt::format("{}, {}: {}", std::is_same_v<T, float> ? "float" : "double", part_, problem));
  }

  void require(bool holds, std::string_view problem) {
    if (!holds) {
      fail(problem);
    }
  }

  template <class A, class B>
  void require_equal(std::string_view what, const A& found, const B& wanted) {
    if (!(found == wanted)) {
      fail(fmt::format("{} is {}, expected {}", what, found, wanted));
    }
  }

  void require_shape(std::string_view what, const Shape& found, const Shape& wanted) {
    require_equal(what, to_string(found), to_string(wanted));
  }

  void require_same_config(std::string_view what, const Config& found, const Config& wanted) {
    const Config changes = Config::diff(wanted, found);
    for (const Config& change : changes) {
      fail(fmt::format("{} differs at {}", what, change["path"].get<std::string>()));
    }
  }

  /// @param wanted  the text of the error
  template <class F>
  void require_state_error(const F& call, const std::string& wanted) {
    try {
      call();
      fail("expected the error " + wanted);
    } catch (const StateError& error) {
      require_equal("the error", std::string(error.what()), wanted);
    }
  }

  [[nodiscard]] Shape sample_shape() const { return shape_.erase(0); }

  [[nodiscard]] std::unique_ptr<Layer<T>> built() const {
    auto layer = make_();
    layer->build(sample_shape(), seed);
    return layer;
  }

  void check_output(const Shape& found) {
    if (expected_.output_shape.rank() > 0) {
      require_shape("the shape of the output", found, expected_.output_shape);
    }
    const auto layer = make_();
    require_shape("output_shape", layer->output_shape(sample_shape()).insert(0, found[0]), found);
  }

  void check_weights(const Layer<T>& layer) {
    const auto weights = layer.weights();
    std::size_t count = 0;
    for (const Parameter<T>* weight : weights) {
      count += weight->shape().size();
    }
    require_equal("count_parameters", layer.count_parameters(), count);
    if (expected_.weights.empty()) {
      return;
    }
    require_equal("the number of weights", weights.size(), expected_.weights.size());
    for (std::size_t i = 0; i < std::min(weights.size(), expected_.weights.size()); ++i) {
      const auto& [path, shape] = expected_.weights[i];
      require_equal("the path of a weight", weights[i]->path(), path);
      require_shape("the shape of " + path, weights[i]->shape(), shape);
    }
  }

  /// Whether two layers have equal weights.
  void require_same_weights(const Layer<T>& a, const Layer<T>& b) {
    const auto left = a.weights();
    const auto right = b.weights();
    require_equal("the number of weights", left.size(), right.size());
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
      require(values(left[i]->value()) == values(right[i]->value()),
              left[i]->path() + " has other values with the same seed");
    }
  }

  void check_unbuilt() {
    const auto layer = make_();
    require(!layer->built(), "built() is true");
    const std::string name = layer->name().empty() ? snake_case(layer->type_name()) : layer->name();
    require_state_error(
        [&] { static_cast<void>(layer->weights()); },
        '[' + name + "] not built: call build(sample_shape) or the layer itself first");
  }

  void check_built() {
    const auto layer = built();
    require(layer->built(), "built() is false");
    check_weights(*layer);
    require_state_error([&] { layer->build(sample_shape()); },
                        '[' + layer->path() + "] build: the layer is built already");
    Tape<T> tape;
    check_output(run_layer(*layer, tape.constant(inputs_)).shape());
  }

  void check_deferred_build() {
    const auto layer = make_();
    Tape<T> tape;
    check_output(run_layer(*layer, tape.constant(inputs_)).shape());
    check_weights(*layer);
    const auto same = make_();
    same->build(sample_shape(), 0);
    require_same_weights(*layer, *same);
  }

  void check_penalties() {
    const auto layer = built();
    Tape<T> tape;
    const auto call = [&] { run_layer(*layer, tape.constant(inputs_)); };
    call();
    const std::size_t once = expected_.weight_penalties + expected_.activity_penalties;
    require_equal("the number of losses on the tape", tape.losses().size(), once);
    call();
    require_equal("the number of losses after two calls",
                  tape.losses().size(),
                  once + expected_.activity_penalties);
    tape.reset();
    layer->set_trainable(false);
    call();
    require_equal("the number of losses of a frozen layer",
                  tape.losses().size(),
                  expected_.activity_penalties);
  }

  void check_config() {
    const Config config = make_()->config();
    require_equal("class_name", config["class_name"].get<std::string>(), make_()->type_name());
    require_equal("dtype",
                  config["config"]["dtype"].get<std::string>(),
                  std::is_same_v<T, float> ? "float32" : "float64");
    if (expected_.options.empty()) {
      return;
    }
    std::vector<std::string> keys;
    for (const auto& [key, value] : config["config"].items()) {
      keys.push_back(key);
    }
    std::vector<std::string> wanted{"name", "trainable", "dtype"};
    wanted.insert(wanted.end(), expected_.options.begin(), expected_.options.end());
    require_equal("the list of options",
                  fmt::format("{}", fmt::join(keys, " ")),
                  fmt::format("{}", fmt::join(wanted, " ")));
  }

  void check_clone() {
    const auto layer = make_();
    layer->set_trainable(false);
    require_same_config("the clone's config", layer->clone()->config(), layer->config());
    layer->build(sample_shape(), seed);
    const auto copy = layer->clone();
    require(!copy->built(), "the clone is built");
    copy->build(sample_shape(), seed);
    require_same_config("the built clone's config", copy->config(), layer->config());
    require_same_weights(*copy, *layer);
    for (const Parameter<T>* weight : copy->weights()) {
      require(!weight->trainable, weight->path() + " of the clone is not frozen");
    }
  }

  /// Backward reaches every weight, and none of a frozen layer.
  void check_frozen() {
    const auto layer = built();
    const auto run = [&] {
      Tape<T> tape;
      const auto y = run_layer(*layer, tape.constant(inputs_));
      tape.backward(total_loss(sum(square(y)) + tape.variable(T{1})));
    };
    layer->set_trainable(false);
    run();
    for (const Parameter<T>* weight : layer->weights()) {
      require(!weight->has_grad(), weight->path() + " is frozen and has a gradient");
    }
    layer->set_trainable(true);
    run();
    for (const Parameter<T>* weight : layer->weights()) {
      require(weight->has_grad(), weight->path() + " has no gradient");
    }
  }

  void check_training_flag() {
    const auto layer = built();
    Tape<T> tape;
    const auto run = [&](bool training) {
      return values(run_layer(*layer, tape.constant(inputs_), training).value());
    };
    const auto output = run(false);
    require(run(false) == output, "two equal calls have other outputs");
    require_equal("whether training matters", run(true) != output, expected_.training_matters);
  }

  void check_saved() {
    const Folder folder;
    const auto layer = built();
    save_weights(folder / "layer.safetensors", layer->weights());
    const auto other = make_();
    other->build(sample_shape(), seed + 1);
    load_weights(folder / "layer.safetensors", other->weights());
    Tape<T> tape;
    const auto x = tape.constant(inputs_);
    require(values(run_layer(*other, x).value()) == values(run_layer(*layer, x).value()),
            "a layer with the weights of a file has another output");
  }

  const LayerFactory<T>& make_;
  Shape shape_;
  const LayerExpectations& expected_;
  Tensor<T> inputs_;
  Problems& problems_;
  const char* part_ = "";
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

/// All penalties included.
void check_layer_gradients(const LayerFactory<double>& make,
                           const Shape& shape,
                           const LayerExpectations& expected,
                           Problems& problems) {
  const auto layer = scattered(make, shape);
  const Tensor<double> inputs = make_inputs<double>(shape, expected);
  const auto f = [&](Tape<double>& tape, std::span<const Variable<double>> x) {
    const auto y = run_layer(*layer, x.empty() ? tape.constant(inputs) : x[0]);
    return total_loss(sum(y * tape.constant(random_tensor<double>(y.shape(), seed + 1))));
  };
  const std::size_t num_inputs = expected.differentiable_inputs ? 1 : 0;
  const auto result = check_gradients(f, std::span(&inputs, num_inputs), {}, layer->weights());
  if (!result) {
    problems.push_back("gradients: " + result.report);
  }
}

/// A small step against the gradient lowers the loss.
void check_descent(const LayerFactory<double>& make,
                   const Shape& shape,
                   const LayerExpectations& expected,
                   Problems& problems) {
  const auto layer = scattered(make, shape);
  const auto weights = layer->weights();
  if (weights.empty()) {
    return;
  }
  const Tensor<double> inputs = make_inputs<double>(shape, expected);
  const auto loss = [&](bool backward) {
    Tape<double> tape;
    const auto total = total_loss(mean(square(run_layer(*layer, tape.constant(inputs)))));
    if (backward) {
      tape.backward(total);
    }
    return total.item();
  };
  const double before = loss(true);
  for (Parameter<double>* weight : weights) {
    const auto gradient = values<double>(weight->grad());
    const auto value = weight->mutable_value();
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      value[i] -= 1e-3 * gradient[i];
    }
  }
  const double after = loss(false);
  if (!(after < before)) {
    problems.push_back(
        fmt::format("a step against the gradient: the loss goes from {} to {}", before, after));
  }
}

void check_float(const std::vector<float>& found,
                 const std::vector<double>& reference,
                 Problems& problems) {
  double scale = 1.0;
  double worst = found.size() == reference.size() ? 0.0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(found.size(), reference.size()); ++i) {
    scale = std::max(scale, std::abs(reference[i]));
    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - reference[i]));
  }
  if (!(worst <= 1e-5 * scale)) {
    problems.push_back(fmt::format("float and double differ by {:.3g}", worst));
  }
}

}  // namespace

std::vector<std::string> check_layer(const LayerFactory<float>& make_float,
                                     const LayerFactory<double>& make_double,
                                     const Shape& input_shape,
                                     const LayerExpectations& expected) {
  Problems problems;
  LayerCheck<float> for_float(make_float, input_shape, expected, problems);
  LayerCheck<double> for_double(make_double, input_shape, expected, problems);
  for_float.run();
  for_double.run();
  try {
    check_layer_gradients(make_double, input_shape, expected, problems);
    check_descent(make_double, input_shape, expected, problems);
    check_float(for_float.output(), for_double.output(), problems);
  } catch (const std::exception& error) {
    problems.emplace_back(error.what());
  }
  return problems;
}

}  // namespace rondo::testing
