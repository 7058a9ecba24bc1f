#include "rondo/apps/baselines.hpp"

#include <limits>

#include "rondo/tests/support/check.hpp"

namespace baselines_test {

using namespace rondo;
using namespace rondo::apps;
using Values = std::vector<double>;

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

BOOST_AUTO_TEST_SUITE(apps_baselines)

BOOST_AUTO_TEST_CASE(a_task_counts_its_windows) {
  BOOST_TEST((Task{12, 3}.count(144) == 130U));
  BOOST_TEST((Task{12, 3}.count(15) == 1U));
  BOOST_TEST((Task{12, 3}.count(14) == 0U));
  BOOST_TEST((Task{12, largest}.count(144) == 0U));
}

// The root of (9 + 16) / 2, whatever the unit.
BOOST_AUTO_TEST_CASE(errors_of_every_size) {
  for (const double unit : {1e-200, 1.0, 1e200}) {
    BOOST_TEST(rmse(Values{3 * unit, 0}, Values{0, 4 * unit}) == std::sqrt(12.5) * unit,
               boost::test_tools::tolerance(1e-14));
    BOOST_TEST(mae(Values{3 * unit, 0}, Values{0, 4 * unit}) == 3.5 * unit,
               boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(rmse(Values{1, 2}, Values{1, 2}) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace baselines_test
