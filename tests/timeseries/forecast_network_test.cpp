#include "rondo/timeseries/detail/forecast_network.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "rondo/tests/support/check.hpp"

namespace forecast_network_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr double ln2 = std::numbers::ln2;  // softplus(0)

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_forecast_network)

BOOST_AUTO_TEST_CASE(quantiles_are_steps_away_from_the_median) {
  Tape<float> tape;
  const auto raw = tape.constant(Tensor<float>::from_values({1, 4}, {5, 0, 0, 0}));
  check_close(detail::rising_quantiles(raw, 0), {5, 5 + ln2, 5 + 2 * ln2, 5 + 3 * ln2});
  check_close(detail::rising_quantiles(raw, 1), {5 - ln2, 5, 5 + ln2, 5 + 2 * ln2});
  check_close(detail::rising_quantiles(raw, 3), {5 - 3 * ln2, 5 - 2 * ln2, 5 - ln2, 5});
  const auto single = tape.constant(Tensor<float>::from_values({2, 1}, {-3, 4}));
  check_close(detail::rising_quantiles(single, 0), {-3, 4});
}

BOOST_AUTO_TEST_CASE(quantiles_never_cross) {
  Tape<float> tape;
  const auto raw = tape.constant(random_tensor<float>({50, 5}, 1, -30.0, 30.0));
  const auto quantiles = detail::rising_quantiles(raw, 2).value();
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    BOOST_TEST((i % 5 == 0 || quantiles[i - 1] <= quantiles[i]));
  }
}

BOOST_AUTO_TEST_CASE(a_missing_target_has_no_share_in_the_loss) {
  Tape<float> tape;
  const auto loss = detail::known_quantile_loss({0.5});
  const auto p = tape.variable(Tensor<float>::from_values({1, 3, 1, 1}, {1, 2, 3}));
  const auto y = Tensor<float>::from_values({1, 3, 1}, {2, unknown, 7});
  const auto value = loss(p, y);
  check_close(value, {(0.5 + 2.0) / 2});
  tape.backward(value);
  check_close(p.grad(), {-0.25, 0, -0.25});
  check_close(loss(p, Tensor<float>::full({1, 3, 1}, unknown)), {0});
}

BOOST_AUTO_TEST_CASE(the_median_is_the_quantile_nearest_to_it) {
  BOOST_TEST(detail::median_of({0.1, 0.5, 0.9}) == 1);
  BOOST_TEST(detail::median_of({0.6, 0.9}) == 0);
  BOOST_TEST(detail::median_of({0.05}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace forecast_network_test
