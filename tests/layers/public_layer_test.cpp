// What testing/layer_test.hpp finds wrong in layers of a user's own.
#include "rondo/core/ops.hpp"
#include "rondo/testing/layer_test.hpp"
#include "rondo/tests/support/check.hpp"

namespace public_layer_test {

using namespace rondo;

namespace {

enum class Mistake { none, shape, clone, gradient, frozen };

/// x · w, with w of one element; and its mistakes.
template <Real T>
class Scale : public Layer<T> {
 public:
  explicit Scale(Mistake mistake) : mistake_(mistake) {}

  [[nodiscard]] Shape output_shape(const Shape& shape) const override {
    return mistake_ == Mistake::shape ? shape.insert(0, 1) : shape;
  }

  [[nodiscard]] std::string type_name() const override { return "Scale"; }

  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override {
    auto copy = std::make_unique<Scale>(mistake_);
    if (mistake_ != Mistake::clone) {
      copy->set_trainable(this->trainable());
    }
    return copy;
  }

 protected:
  void create_weights(const Shape&) override {
    weight_ = &this->add_weight({.name = "weight", .shape = {1}, .initializer = "ones"});
  }

  Variable<T> call(const Variable<T>& x, const CallOptions<T>&) override {
    Tape<T>& tape = x.tape();
    const auto w =
        mistake_ == Mistake::frozen ? tape.constant(weight_->value()) : tape.parameter(*weight_);
    if (mistake_ != Mistake::gradient) {
      return x * w;
    }
    return tape.record(
        "wrong",
        std::array{x, w},
        x.shape(),
        [&](TensorView<T> y) {
          for (std::size_t i = 0; i < y.size(); ++i) {
            y[i] = x.value()[i] * w.value()[0];
          }
        },
        [](const Gradients<T>& g) {
          for (std::size_t i = 0; i < g.grad().size(); ++i) {
            if (const auto dx = g.of(0)) {
              dx[i] += g.grad()[i];  // without w
            }
            if (const auto dw = g.of(1)) {
              dw[0] += g.grad()[i] * g.input(0)[i];
            }
          }
        });
  }

 private:
  Mistake mistake_;
  Parameter<T>* weight_ = nullptr;
};

std::vector<std::string> problems(Mistake mistake) {
  return testing::test_layer([=]<class T>() { return Scale<T>(mistake); },
                             {3, 2},
                             {.output_shape = {3, 2}, .weights = {{"scale/weight", {1}}}});
}

bool one_begins(const std::vector<std::string>& all, std::string_view begin) {
  return std::any_of(
      all.begin(), all.end(), [&](const std::string& each) { return each.starts_with(begin); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layers_public_layer_test)

BOOST_AUTO_TEST_CASE(a_right_layer_has_no_problem) {
  BOOST_TEST(problems(Mistake::none) == std::vector<std::string>{},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_mistake_is_named) {
  BOOST_TEST(one_begins(problems(Mistake::shape),
                        "float, build: output_shape is (3, 1, 2), expected (3, 2)"));
  BOOST_TEST(one_begins(problems(Mistake::clone),
                        "double, clone: the clone's config differs at /config/trainable"));
  BOOST_TEST(one_begins(problems(Mistake::gradient), "gradients: "));
  BOOST_TEST(
      one_begins(problems(Mistake::frozen), "float, freezing: scale/weight has no gradient"));
}

BOOST_AUTO_TEST_CASE(what_is_expected_is_compared) {
  const auto found = testing::test_layer([]<class T>() { return Scale<T>(Mistake::none); },
                                         {3, 2},
                                         {.output_shape = {3, 4},
                                          .weights = {{"scale/kernel", {1}}},
                                          .options = {"factor"},
                                          .weight_penalties = 1,
                                          .training_matters = true});
  const std::vector<std::string> expected{
      "float, build: the path of a weight is scale/weight, expected scale/kernel",
      "float, build: the shape of the output is (3, 2), expected (3, 4)",
      "float, penalties: the number of losses on the tape is 0, expected 1",
      "float, config: the list of options is name trainable dtype, expected name trainable dtype "
      "factor",
      "float, training: whether training matters is false, expected true"};
  for (const std::string& each : expected) {
    BOOST_TEST((std::find(found.begin(), found.end(), each) != found.end()), each);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace public_layer_test
