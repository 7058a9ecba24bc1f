// Search: ranges are kept, schedules are those of the paper, workers change nothing.
#include "rondo/optim/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "rondo/core/error.hpp"
#include "rondo/distributed/run_on_threads.hpp"

using namespace rondo;

namespace {

constexpr std::size_t draws = 20000;

std::vector<double> sorted_draws(const SearchRange& range) {
  std::vector<double> values;
  for (std::size_t trial = 0; trial < draws; ++trial) {
    Rng rng = trial_rng(7, trial, "learning_rate");
    values.push_back(draw(range, rng));
  }
  std::sort(values.begin(), values.end());
  BOOST_TEST(values.front() >= range.low);
  BOOST_TEST(values.back() <= range.high);
  return values;
}

/// Five standard deviations of an empirical quantile.
double tolerance(double q) {
  return 5.0 * std::sqrt(q * (1.0 - q) / double(draws));
}

/// Lower is better: trial 3 at once, later trial 5; trial 2 fails, trials 0 and 1 are equal.
double value_of(std::size_t trial, std::size_t rung) {
  if (trial == 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (trial < 2) {
    return 0.5;
  }
  return trial == 3 ? 0.1 : trial == 5 ? (rung > 0 ? 0.05 : 0.2) : double(trial);
}

std::vector<std::size_t> numbers_of(const std::vector<Trial>& trials) {
  std::vector<std::size_t> numbers;
  for (const Trial& trial : trials) {
    numbers.push_back(trial.number);
  }
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(search)

BOOST_AUTO_TEST_CASE(a_range_is_uniform) {
  const auto values = sorted_draws({.low = -2.0, .high = 6.0});
  for (const double q : {0.05, 0.25, 0.5, 0.75, 0.95}) {
    BOOST_TEST(std::abs((values[std::size_t(q * draws)] + 2.0) / 8.0 - q) < tolerance(q));
  }
}

BOOST_AUTO_TEST_CASE(a_logarithmic_range_is_uniform_in_its_exponent) {
  const auto values = sorted_draws({.low = 1e-4, .high = 1e-2, .log = true});
  for (const double q : {0.05, 0.25, 0.5, 0.75, 0.95}) {
    const double exponent = std::log10(values[std::size_t(q * draws)]);  // from -4 to -2
    BOOST_TEST(std::abs((exponent + 4.0) / 2.0 - q) < tolerance(q));
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_stay_whole_and_are_equally_likely) {
  const auto values = sorted_draws({.low = 1, .high = 4, .whole = true});
  for (const double n : {1.0, 2.0, 3.0, 4.0}) {
    const double share = double(std::count(values.begin(), values.end(), n)) / double(draws);
    BOOST_TEST(std::abs(share - 0.25) < tolerance(0.25));
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_of_a_logarithmic_range) {
  const auto values = sorted_draws({.low = 1, .high = 100, .log = true, .whole = true});
  for (const double value : values) {
    BOOST_REQUIRE(value == std::round(value));
  }
  // Numbers up to 10 have the interval from 0.5 to 10.5 of that from 0.5 to 100.5.
  const double share = std::log(10.5 / 0.5) / std::log(100.5 / 0.5);
  const auto above = std::upper_bound(values.begin(), values.end(), 10.0) - values.begin();
  BOOST_TEST(std::abs(double(above) / double(draws) - share) < tolerance(share));
}

BOOST_AUTO_TEST_CASE(a_range_of_one_number) {
  Rng rng(1);
  BOOST_TEST(draw({.low = 0.3, .high = 0.3}, rng) == 0.3);
  BOOST_TEST(draw({.low = 5, .high = 5, .whole = true}, rng) == 5.0);
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
  const double inf = std::numeric_limits<double>::infinity();
  BOOST_CHECK_THROW(check({.low = 2, .high = 1}, "units"), ArgumentError);
  BOOST_CHECK_THROW(check({.low = 0, .high = 1, .log = true}, "units"), ArgumentError);
  BOOST_CHECK_THROW(check({.low = 0, .high = inf}, "units"), ArgumentError);
  BOOST_CHECK_THROW(check({.low = 0.5, .high = 2, .whole = true}, "units"), ArgumentError);
  BOOST_CHECK_THROW(check({.low = 0, .high = 0x1p60, .whole = true}, "units"), ArgumentError);
  BOOST_CHECK_EXCEPTION(
      check({.low = 0, .high = 1, .log = true}, "rate"), ArgumentError, [](const Error& e) {
        return std::string(e.what()).find("rate: the range 0..1") != std::string::npos;
      });
}

BOOST_AUTO_TEST_CASE(a_trial_depends_on_seed_number_and_option_alone) {
  BOOST_TEST(trial_rng(1, 2, "a").next() == trial_rng(1, 2, "a").next());
  BOOST_TEST(trial_rng(1, 2, "a").next() != trial_rng(1, 3, "a").next());
  BOOST_TEST(trial_rng(1, 2, "a").next() != trial_rng(2, 2, "a").next());
  BOOST_TEST(trial_rng(1, 2, "a").next() != trial_rng(1, 2, "b").next());
}

// Li et al. 2018, algorithm 1, for R = 81 and the factor 3: n = ⌈5 · 3ˢ / (s + 1)⌉ in the brackets s = 4, 3, 2 and 1.
BOOST_AUTO_TEST_CASE(the_schedules_of_the_paper) {
  const auto bracket = [](std::size_t trials) {
    return halving_schedule({.trials = trials, .epochs = 81});
  };
  BOOST_TEST((bracket(81) == std::vector<Rung>{{81, 1}, {27, 3}, {9, 9}, {3, 27}, {1, 81}}));
  BOOST_TEST((bracket(34) == std::vector<Rung>{{34, 3}, {11, 9}, {3, 27}, {1, 81}}));
  BOOST_TEST((bracket(15) == std::vector<Rung>{{15, 9}, {5, 27}, {1, 81}}));
  BOOST_TEST((bracket(8) == std::vector<Rung>{{8, 27}, {2, 81}}));
}

BOOST_AUTO_TEST_CASE(other_schedules) {
  // floor(60 / 27), floor(60 / 9), floor(60 / 3), 60 epochs.
  BOOST_TEST((halving_schedule({.trials = 40, .epochs = 60}) ==
              std::vector<Rung>{{40, 2}, {13, 6}, {4, 20}, {1, 60}}));
  BOOST_TEST((halving_schedule({.trials = 8, .epochs = 8, .factor = 2}) ==
              std::vector<Rung>{{8, 1}, {4, 2}, {2, 4}, {1, 8}}));
  BOOST_TEST((halving_schedule({.trials = 40, .epochs = 60, .min_epochs = 5}) ==
              std::vector<Rung>{{40, 6}, {13, 20}, {4, 60}}));
  BOOST_TEST(
      (halving_schedule({.trials = 10, .epochs = 5, .factor = 1}) == std::vector<Rung>{{10, 5}}));
  BOOST_TEST((halving_schedule({.trials = 1, .epochs = 5}) == std::vector<Rung>{{1, 5}}));
  BOOST_TEST((halving_schedule({.trials = 9, .epochs = 1}) == std::vector<Rung>{{9, 1}}));
  BOOST_CHECK_THROW(halving_schedule({.trials = 0}), ArgumentError);
  BOOST_CHECK_THROW(halving_schedule({.epochs = 0}), ArgumentError);
  BOOST_CHECK_THROW(halving_schedule({.factor = 0}), ArgumentError);
  BOOST_CHECK_THROW(halving_schedule({.min_epochs = 0}), ArgumentError);
  BOOST_CHECK_THROW(halving_schedule({.epochs = 5, .min_epochs = 6}), ArgumentError);
}

BOOST_AUTO_TEST_CASE(the_best_go_on_and_failed_ones_are_last) {
  const std::vector<Rung> schedule{{7, 1}, {3, 3}, {1, 9}};
  const auto trials = successive_halving(schedule, value_of);
  // Rung 0: 3, 5, then 0 before 1 of the same value; rung 1: 5 is better than 3.
  BOOST_TEST(numbers_of(trials) == (std::vector<std::size_t>{5, 3, 0, 1, 4, 6, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(trials[0].rung == 2U);
  BOOST_TEST(trials[0].value == 0.05);
  BOOST_TEST(trials[1].rung == 1U);
  BOOST_TEST(trials[3].rung == 0U);
  BOOST_TEST(std::isnan(trials[6].value));
}

BOOST_AUTO_TEST_CASE(a_trial_that_fails_late_makes_room_for_the_next_best) {
  const std::vector<Rung> schedule{{4, 1}, {2, 2}, {1, 4}};
  const auto trials = successive_halving(schedule, [](std::size_t trial, std::size_t rung) {
    return trial < 2 && rung == 1 ? std::numeric_limits<double>::quiet_NaN() : double(trial);
  });
  BOOST_TEST(numbers_of(trials) == (std::vector<std::size_t>{2, 3, 0, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(trials[0].rung == 2U);
}

BOOST_AUTO_TEST_CASE(workers_change_nothing) {
  const std::vector<Rung> schedule{{7, 1}, {3, 3}, {1, 9}};
  const auto expected = numbers_of(successive_halving(schedule, value_of));
  for (const std::size_t threads : {2U, 3U, 16U}) {
    BOOST_TEST(numbers_of(successive_halving(schedule, value_of, {.threads = threads})) ==
               expected);
  }
  for (const std::size_t size : {1U, 2U, 3U, 9U}) {
    run_on_threads(size, [&](Communicator& ranks) {
      const auto trials =
          successive_halving(schedule, value_of, {.threads = 2, .communicator = &ranks});
      if (numbers_of(trials) != expected) {
        throw std::runtime_error("another order");
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(an_error_ends_the_search_everywhere) {
  const std::vector<Rung> schedule{{4, 1}};
  const auto train = [](std::size_t trial, std::size_t) -> double {
    if (trial == 1) {
      throw_state_error("trial", "the disk is full");
    }
    return 0.0;
  };
  BOOST_CHECK_THROW(successive_halving(schedule, train), StateError);
  BOOST_CHECK_THROW(successive_halving(schedule, train, {.threads = 3}), StateError);
  BOOST_CHECK_THROW(run_on_threads(2,
                                   [&](Communicator& ranks) {
                                     static_cast<void>(successive_halving(
                                         schedule, train, {.communicator = &ranks}));
                                   }),
                    StateError);
  BOOST_CHECK_THROW(successive_halving({}, train), ArgumentError);
  BOOST_CHECK_THROW(successive_halving(schedule, train, {.threads = 0}), ArgumentError);
  BOOST_CHECK_THROW(successive_halving(std::vector<Rung>{{1, 1}, {2, 2}}, train), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()
