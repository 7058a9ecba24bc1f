#include "rondo/layers/masking.hpp"

#include "rondo/layers/dense.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace masking_test {

using namespace rondo;
using namespace rondo::test;

BOOST_AUTO_TEST_SUITE(masking)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test([]<class T>() { return Masking<T>(); },
                 {2, 3, 2},
                 {.output_shape = {2, 3, 2}, .options = {"mask_value"}});
}

BOOST_AUTO_TEST_CASE(does_it_with_every_option) {
  run_layer_test([]<class T>() { return Masking<T>({.mask_value = 2.5, .name = "skip"}); },
                 {2, 3},
                 {.output_shape = {2, 3}, .options = {"mask_value"}, .inputs = {1, 2, 3, 4, 5, 6}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masks_steps_whose_features_all_have_the_value, T, RealTypes) {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  Masking<T> layer({.mask_value = -1.0});
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 2, 2}, {-1, -1, -1, 3, 0, 0, nan, -1}));
  const auto mask = layer.compute_mask(x, {});
  BOOST_CHECK_EQUAL(mask.shape(), (Shape{2, 2}));
  BOOST_CHECK(values<bool>(mask) == std::vector<bool>({false, true, true, true}));
  const auto y = layer(x);
  check_close(y, {0, 0, -1, 3, 0, 0, nan, -1});
  tape.backward(sum(y));
  check_close(x.grad(), {0, 0, 1, 1, 1, 1, 1, 1});
}

BOOST_AUTO_TEST_CASE(replaces_an_incoming_mask) {
  const Masking<float> layer;
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::from_values({1, 2, 1}, {0, 1}));
  const auto incoming = Tensor<bool>::from_values({1, 2}, {true, false});
  BOOST_CHECK(values<bool>(layer.compute_mask(x, incoming)) == std::vector<bool>({false, true}));
}

BOOST_AUTO_TEST_CASE(needs_a_feature_axis) {
  Masking<float> layer;
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({3}));
  const char* const text = "] inputs need a feature axis: [N, .., F]";
  RONDO_CHECK_THROWS(layer(x), ShapeError, std::string("[masking") + text);
  RONDO_CHECK_THROWS(
      static_cast<void>(layer.compute_mask(x, {})), ShapeError, std::string("[Masking") + text);
  RONDO_CHECK_THROWS(
      static_cast<void>(layer.output_shape({})), ShapeError, std::string("[Masking") + text);
}

BOOST_AUTO_TEST_CASE(is_refused_for_a_value_that_nothing_equals) {
  RONDO_CHECK_THROWS(Masking<float>({.mask_value = std::nan("")}),
                     ArgumentError,
                     "[Masking] mask_value must be finite, got nan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace masking_test
