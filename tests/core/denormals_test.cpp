#include "rondo/core/detail/denormals.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

namespace denormals_test {

BOOST_AUTO_TEST_SUITE(denormals)

#if defined(__SSE2__) || defined(__aarch64__)

float half_of_the_smallest() {
  const volatile float smallest = std::numeric_limits<float>::min();
  return smallest * 0.5F;
}

BOOST_AUTO_TEST_CASE(are_zero_as_long_as_asked_for) {
  BOOST_TEST(half_of_the_smallest() > 0.0F);
  {
    const rondo::FlushDenormals outer;
    BOOST_TEST(half_of_the_smallest() == 0.0F);
    { const rondo::FlushDenormals inner; }
    BOOST_TEST(half_of_the_smallest() == 0.0F);
  }
  BOOST_TEST(half_of_the_smallest() > 0.0F);
}

#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace denormals_test
