#include "rondo/apps/comparison.hpp"

#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace comparison_test {

using namespace rondo;
using namespace rondo::apps;
using Values = std::vector<double>;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Two steps from two origins; the model's median is 10 everywhere, and the naive forecast 8.
TestPart part(std::size_t fold, const Values& actual, double scale) {
  return {.series = "s",
          .target = "y",
          .fold = fold,
          .origins = {5, 6},
          .actual = actual,
          .quantiles = {9, 10, 12, 9, 10, 12, 9, 10, 12, 9, 10, 12},
          .simple = {{8, 8, 8, 8}},
          .scale = scale};
}

/// Errors of the model 1 and 3 at the first step, 2 at the second; then 0 everywhere.
Comparison two_folds() {
  return {.simple = {.window = 2, .horizon = 2},
          .quantiles = {0.1, 0.5, 0.9},
          .median = 1,
          .num_folds = 2,
          .parts = {part(0, {11, 12, 13, unknown}, 2.0), part(1, {10, 10, 10, 10}, 4.0)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_comparison)

BOOST_AUTO_TEST_CASE(figures_of_a_fold) {
  const Comparison comparison = two_folds();
  const Figures model = comparison.figures(0, 0), naive = comparison.figures(1, 0);
  BOOST_TEST(model.mae == 2.0);
  BOOST_TEST(model.rmse == std::sqrt(14.0 / 3.0), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(model.mase == 1.0);
  BOOST_TEST(naive.mae == 4.0);
  BOOST_TEST(naive.mase == 2.0);
  // 2 (0.1 · (2 + 3 + 4) + 0.5 · (1 + 2 + 3) + 0.1 · (1 + 0) + 0.9 · 1) / (3 · 36), by quantile 0.1, 0.5, 0.9
  BOOST_TEST(model.weighted_quantile_loss == 2.0 * (0.9 + 3.0 + 0.1 + 0.9) / 108.0,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(naive.weighted_quantile_loss == 12.0 / 36.0, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_step_of_the_horizon_alone) {
  const Comparison comparison = two_folds();
  BOOST_TEST(comparison.figures(0, 0, 0).mae == 2.0);  // 1 and 3
  BOOST_TEST(comparison.figures(0, 0, 1).mae == 2.0);  // 2, the other one is missing
  BOOST_TEST(comparison.figures(1, 1, 1).mae == 2.0);
}

BOOST_AUTO_TEST_CASE(mean_and_spread_over_the_folds) {
  const Comparison comparison = two_folds();
  BOOST_TEST(comparison.mean(0).mae == 1.0);
  BOOST_TEST(comparison.spread(0).mae == std::sqrt(2.0), boost::test_tools::tolerance(1e-15));
  Comparison one = comparison;
  one.num_folds = 1;
  BOOST_TEST(one.spread(0).mae == 0.0);
}

BOOST_AUTO_TEST_CASE(coverage_counts_what_is_known) {
  // 11 and 12 lie between 9 and 12, 13 does not; all of the second fold do.
  BOOST_TEST(two_folds().coverage() == 6.0 / 7.0, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_mean_over_targets) {
  Comparison comparison = two_folds();
  comparison.num_folds = 1;
  comparison.parts[1].fold = 0;
  comparison.parts[1].target = "z";
  BOOST_TEST(comparison.mean(0).mae == 1.0);
  BOOST_TEST(comparison.only("y").mean(0).mae == 2.0);
  BOOST_TEST(comparison.only("z").mean(0).mae == 0.0);
  BOOST_TEST((comparison.targets() == std::vector<std::string>{"y", "z"}));
}

BOOST_AUTO_TEST_CASE(simple_methods_see_what_has_come) {
  const Values values{1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 5};
  const std::vector<std::size_t> origins{9, 11};
  const SimpleMethods methods{.window = 2, .horizon = 2, .period = 3};
  const auto found = methods.forecast(values, 9, origins);
  BOOST_TEST((methods.names() ==
              std::vector<std::string>{
                  "naive", "seasonal_naive", "drift", "linear_autoregression", "holt_winters"}));
  BOOST_TEST((found[0] == Values{4, 4, 2, 2}));
  BOOST_TEST((found[1] == Values{1, 2, 4, 1}));
  BOOST_TEST((found[2] == Values{4 + 3.0 / 8, 4 + 6.0 / 8, 2 + 0.1, 2 + 0.2}),
             boost::test_tools::per_element());
  const std::vector<std::string> without = SimpleMethods{.window = 2, .horizon = 2}.names();
  BOOST_TEST(std::count(without.begin(), without.end(), "seasonal_naive") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace comparison_test
