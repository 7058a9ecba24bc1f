#include "rondo/timeseries/season.hpp"

#include <chrono>
#include <cmath>
#include <numbers>

#include "rondo/core/rng.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/tests/support/check.hpp"

namespace season_test {

using namespace rondo;

namespace {

std::vector<double> column(const char* file, const char* name) {
  const Tensor<double> values = read_csv(file).column<double>(name);
  return {values.view().begin(), values.view().end()};
}

/// Values of f(step, normal random numbers).
template <class F>
std::vector<double> series(std::size_t length, F f, std::uint64_t seed = 1) {
  Rng rng(seed);
  std::vector<double> result;
  for (std::size_t t = 0; t < length; ++t) {
    result.push_back(f(t, rng));
  }
  return result;
}

double wave(std::size_t t, double period) {
  return std::sin(2.0 * std::numbers::pi * static_cast<double>(t) / period);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_season)

BOOST_AUTO_TEST_CASE(passengers_have_a_year_of_12_months_and_a_trend) {
  const auto passengers = column("data/sets/airline_passengers.csv", "passengers");
  BOOST_TEST(find_period(passengers).value() == 12U);
  BOOST_TEST(find_period(std::span(passengers).first(115)).value() == 12U);
}

// Solar cycles between 1749 and 1983 took 9 to 14 years, 11.0 on average: 127 to 132 months.
BOOST_AUTO_TEST_CASE(sunspots_have_a_cycle_of_eleven_years) {
  const auto sunspots = column("data/sets/sunspots.csv", "sunspots");
  const std::size_t period = find_period(std::span(sunspots).first(2256)).value();
  BOOST_TEST((period >= 127 && period <= 132), "found " << period);
}

BOOST_AUTO_TEST_CASE(a_load_by_the_hour_has_a_day_below_any_trend) {
  for (const double slope : {0.0, 0.02, 0.2, -0.2}) {
    const auto load = series(1000, [&](std::size_t t, Rng& rng) {
      return 50.0 + slope * static_cast<double>(t) + 5.0 * wave(t, 24) + rng.normal();
    });
    BOOST_TEST(find_period(load).value() == 24U, "slope " << slope);
  }
  const auto bent = series(1000, [](std::size_t t, Rng& rng) {
    return 1e-4 * static_cast<double>(t * t) + 5.0 * wave(t, 24) + 0.3 * rng.normal();
  });
  BOOST_TEST(find_period(bent).value() == 24U);
}

BOOST_AUTO_TEST_CASE(a_day_in_a_series_that_wanders) {
  double level = 0.0;
  const auto load = series(4000, [&](std::size_t t, Rng& rng) {
    level += rng.normal();
    return level + 5.0 * wave(t, 24);
  });
  BOOST_TEST(find_period(load).value() == 24U);
}

BOOST_AUTO_TEST_CASE(sales_by_the_day_have_a_week) {
  const auto sales = series(730, [](std::size_t t, Rng& rng) {
    return 100.0 + 0.1 * static_cast<double>(t) + (t % 7 >= 5 ? 40.0 : 0.0) + 5.0 * rng.normal();
  });
  BOOST_TEST(find_period(sales).value() == 7U);
}

BOOST_AUTO_TEST_CASE(a_week_of_days_is_a_week) {
  const auto load = series(8760, [](std::size_t t, Rng& rng) {
    return 10.0 * wave(t, 24) + (t / 24 % 7 >= 5 ? -8.0 : 0.0) + rng.normal();
  });
  BOOST_TEST(find_period(load).value() == 168U);
}

BOOST_AUTO_TEST_CASE(short_periods) {
  for (const std::size_t period : {2U, 3U, 4U, 5U}) {
    const auto pulses = series(300, [&](std::size_t t, Rng& rng) {
      return (t % period == 0 ? 1.0 : 0.0) + 0.1 * rng.normal();
    });
    BOOST_TEST(find_period(pulses).value() == period);
  }
}

BOOST_AUTO_TEST_CASE(chance_has_no_period) {
  std::size_t claimed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    double level = 0.0;
    const auto noise = series(
        500, [](std::size_t, Rng& rng) { return rng.normal(); }, seed);
    const auto walk = series(
        500, [&](std::size_t, Rng& rng) { return level += rng.normal(); }, seed);
    claimed += find_period(noise) ? 1 : 0;
    claimed += find_period(walk) ? 1 : 0;
  }
  BOOST_TEST(claimed <= 1U);  // of 80
}

BOOST_AUTO_TEST_CASE(series_without_anything) {
  BOOST_TEST(!find_period(std::vector<double>{}));
  BOOST_TEST(!find_period(std::vector<double>(5, 1.0)));
  BOOST_TEST(!find_period(std::vector<double>(100, 0.0)));
  BOOST_TEST(!find_period(std::vector<double>(100, 7.5)));
  BOOST_TEST(!find_period(series(100, [](std::size_t t, Rng&) { return 0.1 * double(t); })));
}

BOOST_AUTO_TEST_CASE(offset_and_unit_do_not_matter) {
  for (const double unit : {1e-200, 1e-5, 1e5, 1e200}) {
    const auto load = series(500, [&](std::size_t t, Rng& rng) {
      return unit * (1e6 + 5.0 * wave(t, 24) + rng.normal());
    });
    BOOST_TEST(find_period(load).value() == 24U, "unit " << unit);
  }
}

BOOST_AUTO_TEST_CASE(a_long_series_takes_no_square) {
  const auto load = series(
      420'000, [](std::size_t t, Rng& rng) { return 10.0 + 5.0 * wave(t, 144) + rng.normal(); });
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(find_period(load).value() == 144U);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  BOOST_TEST(taken.count() < 10.0);  // 0.2 s; a sum for each lag takes 37 s
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace season_test
