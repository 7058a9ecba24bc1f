#include "rondo/layers/activations.hpp"

#include "rondo/tests/support/check.hpp"

namespace activations_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
std::vector<T> applied(const Activation& activation, const std::vector<T>& x) {
  Tape<T> tape;
  return values<T>(
      activation(tape.constant(Tensor<T>::from_values({x.size()}, std::span<const T>(x)))).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activations)

BOOST_AUTO_TEST_CASE_TEMPLATE(are_found_by_every_listed_name, T, RealTypes) {
  BOOST_CHECK_GE(activation_names().size(), 30);
  for (const std::string_view name : activation_names()) {
    const Activation activation{std::string(name)};
    BOOST_CHECK_EQUAL(activation.name(), name);
    BOOST_CHECK_EQUAL(activation.config(), '"' + std::string(name) + '"');
    BOOST_CHECK_EQUAL(applied<T>(activation, {-1, 0.5, 2}).size(), 3);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(mean_the_function_of_their_name, T, RealTypes) {
  const std::vector<T> x{-4, -1, 0.5, 2};
  const auto check = [&](const char* name, const std::vector<double>& expected) {
    check_close(std::span<const T>(applied<T>(name, x)), expected, tolerance<T>);
  };
  check("linear", {-4, -1, 0.5, 2});
  check("relu", {0, 0, 0.5, 2});
  check("tanh", {std::tanh(-4.0), std::tanh(-1.0), std::tanh(0.5), std::tanh(2.0)});
  check("hard_sigmoid", {0, 1.0 / 3, 3.5 / 6, 5.0 / 6});
  check("hard_sigmoid_keras3", {0, 1.0 / 3, 3.5 / 6, 5.0 / 6});
  check("hard_sigmoid_keras2", {0, 0.3, 0.6, 0.9});
  check("hard_sigmoid_tfjs", {0, 0.3, 0.6, 0.9});
  check("exponential", {std::exp(-4.0), std::exp(-1.0), std::exp(0.5), std::exp(2.0)});
}

BOOST_AUTO_TEST_CASE(are_refused_under_an_unknown_name) {
  std::string known;
  for (const std::string_view name : activation_names()) {
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  RONDO_CHECK_THROWS(Activation("Tanh"),
                     ArgumentError,
                     "[activation] unknown name 'Tanh' (did you mean 'tanh'?), known are " + known);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(may_be_a_users_own, T, RealTypes) {
  const Activation own = [](const auto& x) { return x * x; };
  BOOST_CHECK(applied<T>(own, {-3, 2}) == std::vector<T>({9, 4}));
  BOOST_CHECK_EQUAL(own.name(), "custom");
  BOOST_CHECK_EQUAL(own.config(), "\"custom\"");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(that_are_empty_change_nothing, T, RealTypes) {
  const Activation none;
  BOOST_CHECK(!none);
  BOOST_CHECK_EQUAL(none.config(), "null");
  BOOST_CHECK(applied<T>(none, {-3, 2}) == std::vector<T>({-3, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace activations_test
