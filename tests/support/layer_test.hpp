/// What a layer owes (testing/layer_test.hpp) as one check of Boost.Test.
#pragma once

#include "rondo/testing/layer_test.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test {

using testing::LayerExpectations;

/// Each problem is an error of the test case.
void report(const std::vector<std::string>& problems);

/// Unlike `testing::test_layer`, a layer whose weights or options are not given must have none.
template <class Make>
void run_layer_test(const Make& make, const Shape& input_shape, const LayerExpectations& expected) {
  report(testing::test_layer(make, input_shape, expected));
  auto layer = make.template operator()<float>();
  const std::size_t common = 3;  // name, trainable, dtype
  BOOST_TEST(layer.config()["config"].size() == common + expected.options.size());
  layer.build(input_shape.erase(0));
  BOOST_TEST(layer.weights().size() == expected.weights.size());
}

}  // namespace rondo::test
