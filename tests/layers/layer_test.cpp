// The base class, seen through layers that a user might write.
#include "rondo/layers/layer.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace layer_test {

using namespace rondo;
using namespace rondo::test;

namespace {

/// y = x · scale, one weight for each feature.
template <Real T>
class Scale : public Layer<T> {
 public:
  explicit Scale(std::string name = {}) : Layer<T>(std::move(name)) {}

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] std::string type_name() const override { return "Scale"; }

  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override {
    auto copy = std::make_unique<Scale>(this->name());
    copy->set_trainable(this->trainable());
    return copy;
  }

 protected:
  void create_weights(const Shape& sample_shape) override {
    scale_ = &this->add_weight({.name = "scale",
                                .shape = {sample_shape.back()},
                                .initializer = "ones",
                                .regularizer = "l2"});
  }

  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>&) override {
    this->check_inputs(inputs, 2);
    return inputs * inputs.tape().parameter(*scale_);
  }

 private:
  Parameter<T>* scale_ = nullptr;
};

/// Two branches that share a layer; its children are built by the trial call.
template <Real T>
class Shared : public Layer<T> {
 public:
  Shared() : scale_(this->add_child(Scale<T>())), dense_(this->add_child(Dense<T>({.units = 2}))) {}

  [[nodiscard]] Shape output_shape(const Shape&) const override { return {2}; }

  [[nodiscard]] std::string type_name() const override { return "SharedModel"; }

  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override {
    auto copy = std::make_unique<Shared>();
    copy->set_trainable(this->trainable());
    return copy;
  }

 protected:
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>&) override {
    return dense_(scale_(inputs)) + dense_(scale_(tanh(inputs)));
  }

 private:
  Scale<T>& scale_;
  Dense<T>& dense_;
};

/// Decides about its children only when it knows the shape.
class Late : public Layer<float> {
 public:
  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] std::string type_name() const override { return "Late"; }

  [[nodiscard]] std::unique_ptr<Layer> clone() const override { return std::make_unique<Late>(); }

 protected:
  void create_weights(const Shape& sample_shape) override {
    for (int i = 0; i < 2; ++i) {
      layers_.push_back(&add_child(Dense<float>({.units = sample_shape.back()})));
    }
    build_child(*layers_[0], sample_shape);
  }

  Variable<float> call(const Variable<float>& inputs, const CallOptions<float>&) override {
    return (*layers_[1])((*layers_[0])(inputs));
  }

 private:
  std::vector<Dense<float>*> layers_;
};

/// Runs a function inside of its call.
class Busy : public Layer<float> {
 public:
  explicit Busy(std::function<void()> inside) : inside_(std::move(inside)) {}

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] std::unique_ptr<Layer> clone() const override {
    return std::make_unique<Busy>(inside_);
  }

 protected:
  Variable<float> call(const Variable<float>& inputs, const CallOptions<float>&) override {
    inside_();
    return inputs;
  }

 private:
  std::function<void()> inside_;
};

/// Values that count their weights up, and the paths that were asked for.
struct CountingSource {
  std::vector<std::string> paths;

  [[nodiscard]] WeightSource<float> source() {
    return [this](const std::string& path, const Shape& shape) {
      paths.push_back(path + " " + to_string(shape));
      return Tensor<float>::full(shape, static_cast<float>(paths.size()));
    };
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(layer)

// Another thread is in the call all the time that this one tries.
BOOST_AUTO_TEST_CASE(called_from_two_threads_at_a_time_is_refused) {
  std::mutex mutex;
  mutex.lock();
  std::atomic<bool> inside{false};
  Busy layer([&] {
    inside = true;
    const std::lock_guard wait(mutex);
  });
  layer.build({2});
  const auto inputs = Tensor<float>::zeros({1, 2});
  std::thread other([&] {
    Tape<float> tape;
    layer(tape.constant(inputs));
  });
  while (!inside) {
    std::this_thread::yield();
  }
  Tape<float> tape;
  const auto x = tape.constant(inputs);
  RONDO_CHECK_THROWS(layer(x),
                     StateError,
                     "[layer] called while another call of it runs: a layer belongs to one thread, "
                     "give each thread its clone()");
  mutex.unlock();
  other.join();
  layer(x);  // one after another
}

BOOST_AUTO_TEST_CASE(a_call_that_failed_does_not_count_as_running) {
  int calls = 0;
  Busy layer([&] {
    if (++calls == 1) {
      throw std::runtime_error("failed");
    }
  });
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({1, 2}));
  BOOST_CHECK_THROW(layer(x), std::runtime_error);
  layer(x);
  BOOST_TEST(calls == 2);
}

// Children that the trial call builds get their weights from it, too.
BOOST_AUTO_TEST_CASE(weights_may_come_from_a_source) {
  CountingSource given;
  Shared<float> model;
  model.declare_inputs({.sample_shape = {4}});
  model.build_from_declared(given.source());
  const std::vector<std::string> expected{"shared_model/scale/scale (4)",
                                          "shared_model/dense/kernel (4, 2)",
                                          "shared_model/dense/bias (2)"};
  BOOST_TEST(given.paths == expected, boost::test_tools::per_element());
  check_close(model.weights()[0]->value(), {1, 1, 1, 1});
  check_close(model.weights()[2]->value(), {3, 3});
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_serves_no_later_build) {
  Late model;
  model.declare_inputs({.sample_shape = {3}});
  const WeightSource<float> failing = [](const std::string& path, const Shape& shape) {
    if (path.find("dense_1") != path.npos) {
      throw_format_error("source", "has no " + path);
    }
    return Tensor<float>::full(shape, 7.0F);
  };
  BOOST_CHECK_THROW(model.build_from_declared(failing), FormatError);
  BOOST_TEST(!model.built());
  const WeightSource<float> wrong = [](const std::string&, const Shape&) {
    return Tensor<float>::zeros({1});
  };
  Dense<float> dense({.units = 2});
  dense.declare_inputs({.sample_shape = {3}});
  RONDO_CHECK_THROWS(dense.build_from_declared(wrong),
                     ShapeError,
                     "[dense/kernel] the source of weights gave another shape: expected (3, 2), "
                     "found (1)");
  dense.build_from_declared(1);  // by its initializers
  BOOST_TEST(dense.weights()[0]->value()[0] != 0.0F);
}

BOOST_AUTO_TEST_CASE(of_a_user_does_what_every_layer_does) {
  run_layer_test(
      []<class T>() { return Scale<T>(); },
      {3, 4},
      {.output_shape = {3, 4}, .weights = {{"scale/scale", {4}}}, .weight_penalties = 1});
}

BOOST_AUTO_TEST_CASE(with_shared_children_does_what_every_layer_does) {
  run_layer_test([]<class T>() { return Shared<T>(); },
                 {3, 4},
                 {.output_shape = {3, 2},
                  .weights = {{"shared_model/scale/scale", {4}},
                              {"shared_model/dense/kernel", {4, 2}},
                              {"shared_model/dense/bias", {2}}},
                  .weight_penalties = 1});
}

BOOST_AUTO_TEST_CASE(may_add_children_when_it_is_built) {
  Late layer;
  layer.build({3});
  const std::vector<std::string> expected{
      "late/dense/kernel", "late/dense/bias", "late/dense_1/kernel", "late/dense_1/bias"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_CHECK_EQUAL(layer.weights().at(i)->path(), expected[i]);
  }
}

BOOST_AUTO_TEST_CASE(keeps_weights_at_their_address_when_it_moves) {
  Dense<float> layer({.units = 2});
  layer.build({3});
  Parameter<float>* const kernel = layer.weights()[0];
  Dense<float> moved = std::move(layer);
  BOOST_CHECK_EQUAL(moved.weights()[0], kernel);
  Tape<float> tape;
  BOOST_CHECK_EQUAL(moved(tape.constant(Tensor<float>::zeros({1, 3}))).shape(), (Shape{1, 2}));
}

BOOST_AUTO_TEST_CASE(can_be_built_again_after_a_failure) {
  Dense<float> layer({.units = 2, .bias_initializer = "orthogonal"});
  BOOST_CHECK_THROW(layer.build({3}), ShapeError);
  BOOST_CHECK_THROW(layer.build({3}), ShapeError);
  BOOST_CHECK(!layer.built());
  Dense<float> other({.units = 2});
  BOOST_CHECK_THROW(other.build({}), ShapeError);
  other.build({3});
  BOOST_CHECK_EQUAL(other.weights().size(), 2);
}

BOOST_AUTO_TEST_CASE(freezes_before_and_after_it_is_built) {
  const auto trainable = [](const Layer<float>& layer) {
    std::vector<bool> result;
    for (const Parameter<float>* weight : layer.weights()) {
      result.push_back(weight->trainable);
    }
    return result;
  };
  Sequential<float> model{Dense<float>({.units = 1, .use_bias = false, .trainable = false}),
                          Dense<float>({.units = 1, .use_bias = false})};
  model.build({2});
  BOOST_CHECK(trainable(model) == std::vector<bool>({false, true}));
  model.set_trainable(false);
  BOOST_CHECK(trainable(model) == std::vector<bool>({false, false}));
  model.children()[0]->set_trainable(true);
  BOOST_CHECK(trainable(model) == std::vector<bool>({true, false}));
  Sequential<float> unbuilt{Dense<float>({.units = 1, .use_bias = false})};
  unbuilt.set_trainable(false);
  unbuilt.build({2});
  BOOST_CHECK(trainable(unbuilt) == std::vector<bool>({false}));
}

BOOST_AUTO_TEST_CASE(needs_a_batch_axis_to_build_itself) {
  Dense<float> layer({.units = 2});
  Tape<float> tape;
  RONDO_CHECK_THROWS(
      layer(tape.constant(1.0F)), ShapeError, "[Dense] inputs need a batch axis: inputs ()");
}

BOOST_AUTO_TEST_CASE(is_refused_with_a_weight_that_has_no_values) {
  Dense<float> layer({.units = 2});
  RONDO_CHECK_THROWS(
      layer.build({0}), ArgumentError, "[dense/kernel] a weight of shape (0, 2) has no values");
}

BOOST_AUTO_TEST_CASE(puts_penalties_on_the_tape_once_per_pass) {
  Dense<double> layer({.units = 2, .kernel_initializer = "ones", .kernel_regularizer = "l2"});
  const auto x = Tensor<double>::zeros({1, 3});
  Tape<double> tape;
  layer(tape.constant(x));
  layer(tape.constant(x));
  BOOST_REQUIRE_EQUAL(tape.losses().size(), 1);
  BOOST_CHECK_CLOSE(tape.losses()[0].item(), 0.06, 1e-12);
  tape.reset();
  BOOST_CHECK(tape.losses().empty());
  layer(tape.constant(x));
  BOOST_CHECK_EQUAL(tape.losses().size(), 1);
}

BOOST_AUTO_TEST_CASE(describes_itself_in_a_table) {
  Dense<float> layer({.units = 2});
  layer.build({3});
  const std::string line(72, '-');
  BOOST_CHECK_EQUAL(
      layer.summary(),
      "Layer (type)                        Output shape                  Params\n" + line +
          "\ndense (Dense)                       (None, 2)                          8\n" + line +
          "\nTotal params: 8 (trainable 8, frozen 0)\n");
}

BOOST_AUTO_TEST_CASE(describes_a_model_by_its_layers) {
  Sequential<float> model{Dense<float>({.units = 4, .trainable = false}),
                          rondo::Dropout<float>({.rate = 0.5, .name = "rain"}),
                          Dense<float>({.units = 1})};
  model.build({5, 3});
  const std::string line(72, '-');
  BOOST_CHECK_EQUAL(
      model.summary(),
      "Layer (type)                        Output shape                  Params\n" + line +
          "\ndense (Dense)                       (None, 5, 4)                      16\n"
          "rain (Dropout)                      (None, 5, 4)                       0\n"
          "dense_1 (Dense)                     (None, 5, 1)                       5\n" +
          line + "\nTotal params: 21 (trainable 5, frozen 16)\n");
}

BOOST_AUTO_TEST_CASE(cannot_describe_itself_before_it_is_built) {
  const Sequential<float> model{Dense<float>({.units = 1})};
  RONDO_CHECK_THROWS(static_cast<void>(model.summary()),
                     StateError,
                     "[sequential] not built: call build(sample_shape) or the layer itself first");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace layer_test
