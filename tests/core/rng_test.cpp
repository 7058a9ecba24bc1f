#include <algorithm>
#include <cmath>
#include <locale>
#include <map>
#include <numeric>
#include <random>

#include "rondo/tests/support/check.hpp"

namespace rng_test {

using namespace rondo;

namespace {

/// The mean of f over n draws.
template <class F>
double average(int n, F f) {
  double total = 0.0;
  for (int i = 0; i < n; ++i) {
    total += f();
  }
  return total / n;
}

struct GroupedDigits : std::numpunct<char> {
  char do_thousands_sep() const override { return '.'; }

  std::string do_grouping() const override { return "\3"; }
};

constexpr const char* refusal = "[rng] the text is not the state of a generator";

}  // namespace

BOOST_AUTO_TEST_SUITE(core_rng)

BOOST_AUTO_TEST_CASE(the_sequence_is_that_of_the_standards_mersenne_twister) {
  Rng rng(5489);
  for (int i = 1; i < 10'000; ++i) {
    rng.next();
  }
  BOOST_TEST(rng.next() == 9981545732273789042U);  // C++20, [rand.predef]
}

// The numbers of the next four cases come from a separate implementation in Python.

BOOST_AUTO_TEST_CASE(uniform_numbers_are_the_same_on_every_machine) {
  Rng rng(42);
  BOOST_TEST(rng.uniform() == 0.755155532954539);
  BOOST_TEST(rng.uniform() == 0.6390313938546974);
  BOOST_TEST(rng.uniform(2.0, 4.0) == 2.0 + 2.0 * 0.7521452007480266);
}

BOOST_AUTO_TEST_CASE(normal_numbers_are_the_same_on_every_machine) {
  Rng rng(42);
  for (const double expected :
       {1.2938204232729367, 0.3979773961837887, 1.118555052457478, -1.4922470037224238}) {
    BOOST_TEST(rng.normal() == expected, boost::test_tools::tolerance(1e-15));
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_and_shuffles_are_the_same_on_every_machine) {
  Rng rng(42);
  for (const std::uint64_t expected : {6U, 4U, 0U, 2U, 1U, 8U, 6U, 4U}) {
    BOOST_TEST(rng.below(10) == expected);
  }
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7};
  Rng(42).shuffle(order);
  const std::vector<std::size_t> expected{7, 0, 5, 1, 2, 4, 3, 6};
  BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(derived_seeds_are_the_same_on_every_machine) {
  BOOST_TEST(Rng(42).derive("gru/kernel").seed() == 4125666447019280596U);
  BOOST_TEST(Rng().derive("a").seed() == 198367012849983736U);
}

BOOST_AUTO_TEST_CASE(uniform_numbers_lie_in_their_half_open_range) {
  Rng rng(1);
  double low = 1.0;
  double high = 0.0;
  const double mean = average(100'000, [&] {
    const double value = rng.uniform();
    low = std::min(low, value);
    high = std::max(high, value);
    return value;
  });
  BOOST_TEST((low >= 0.0 && low < 1e-3));
  BOOST_TEST((high < 1.0 && high > 1.0 - 1e-3));
  BOOST_TEST(std::abs(mean - 0.5) < 0.005);
}

BOOST_AUTO_TEST_CASE(whole_numbers_take_each_value_below_their_bound_equally_often) {
  Rng rng(2);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70'000; ++i) {
    ++counts[rng.below(7)];
  }
  for (const int count : counts) {
    BOOST_TEST(std::abs(count - 10'000) < 500);  // five standard deviations
  }
  BOOST_TEST(rng.below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_unbiased_for_a_bound_that_does_not_divide_the_range) {
  // 3·2^62: a plain remainder would favour the lower third, 1/2 instead of 1/3 of all draws.
  constexpr std::uint64_t third = std::uint64_t{1} << 62;
  Rng rng(3);
  const double share = average(30'000, [&] { return rng.below(3 * third) < third ? 1.0 : 0.0; });
  BOOST_TEST(std::abs(share - 1.0 / 3.0) < 0.015);
}

BOOST_AUTO_TEST_CASE(normal_numbers_have_the_moments_of_a_normal_distribution) {
  constexpr std::array<double, 4> moments{0.0, 1.0, 0.0, 3.0};
  for (std::size_t power = 1; power <= moments.size(); ++power) {
    Rng rng(4);
    const auto exponent = static_cast<double>(power);
    const double moment = average(200'000, [&] { return std::pow(rng.normal(), exponent); });
    BOOST_TEST(std::abs(moment - moments[power - 1]) < 0.1, "power " << power << ": " << moment);
  }
}

BOOST_AUTO_TEST_CASE(normal_numbers_fall_within_one_deviation_as_often_as_they_should) {
  Rng rng(5);
  const double share = average(100'000, [&] { return std::abs(rng.normal()) < 1.0 ? 1.0 : 0.0; });
  BOOST_TEST(std::abs(share - std::erf(std::sqrt(0.5))) < 0.01);
}

BOOST_AUTO_TEST_CASE(truncated_normal_numbers_stay_within_two_deviations) {
  Rng rng(6);
  double largest = 0.0;
  const double variance = average(100'000, [&] {
    const double value = rng.truncated_normal();
    largest = std::max(largest, std::abs(value));
    return value * value;
  });
  BOOST_TEST((largest > 1.99 && largest <= 2.0));
  BOOST_TEST(std::abs(std::sqrt(variance) - 0.87962566103423978) < 0.005);
}

BOOST_AUTO_TEST_CASE(a_derived_stream_does_not_depend_on_how_many_numbers_were_drawn) {
  Rng used(7);
  for (int i = 0; i < 100; ++i) {
    used.next();
  }
  BOOST_TEST(used.derive("kernel").next() == Rng(7).derive("kernel").next());
}

BOOST_AUTO_TEST_CASE(a_derived_stream_depends_on_the_seed_and_on_the_name) {
  const auto first = [](std::uint64_t seed, std::string_view name) {
    return Rng(seed).derive(name).next();
  };
  BOOST_TEST(first(7, "kernel") != first(7, "bias"));
  BOOST_TEST(first(7, "kernel") != first(8, "kernel"));
  BOOST_TEST(first(7, "") != Rng(7).next());
  BOOST_TEST(Rng(7).derive("a").derive("b").seed() != Rng(7).derive("b").derive("a").seed());
}

BOOST_AUTO_TEST_CASE(a_shuffle_keeps_every_value) {
  std::vector<std::size_t> values(1000);
  std::iota(values.begin(), values.end(), 0U);
  const auto original = values;
  Rng(8).shuffle(values);
  BOOST_TEST(values != original);
  std::sort(values.begin(), values.end());
  BOOST_TEST(values == original);
}

BOOST_AUTO_TEST_CASE(every_permutation_is_equally_likely) {
  Rng rng(9);
  std::map<std::vector<std::size_t>, int> counts;
  for (int i = 0; i < 6000; ++i) {
    std::vector<std::size_t> values{0, 1, 2};
    rng.shuffle(values);
    ++counts[values];
  }
  BOOST_TEST(counts.size() == 6U);
  for (const auto& [values, count] : counts) {
    BOOST_TEST(std::abs(count - 1000) < 150);
  }
}

BOOST_AUTO_TEST_CASE(nothing_and_a_single_value_can_be_shuffled) {
  std::vector<std::size_t> one{5};
  Rng rng(10);
  rng.shuffle({});
  rng.shuffle(one);
  BOOST_TEST(one[0] == 5U);
}

BOOST_AUTO_TEST_CASE(a_stream_continues_from_its_saved_state) {
  Rng rng(11);
  for (int i = 0; i < 777; ++i) {
    rng.next();
  }
  Rng restored;
  restored.set_state(rng.state());
  BOOST_TEST(restored.seed() == 11U);
  for (int i = 0; i < 1000; ++i) {
    BOOST_REQUIRE_EQUAL(restored.next(), rng.next());
  }
}

BOOST_AUTO_TEST_CASE(a_state_is_one_line_whatever_the_locale) {
  const std::string expected = Rng(123456).state();
  BOOST_TEST(expected.find('\n') == std::string::npos);
  const std::locale previous =
      std::locale::global(std::locale(std::locale::classic(), new GroupedDigits));
  const std::string found = Rng(123456).state();
  std::locale::global(previous);
  BOOST_TEST(found == expected);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_state_is_refused) {
  const std::string state = Rng(12).state();
  const std::string shortened = state.substr(0, state.rfind(' '));
  Rng rng(13);
  for (const std::string& text : {std::string(), std::string("seed"), shortened, state + " 1"}) {
    RONDO_CHECK_THROWS(rng.set_state(text), FormatError, refusal);
  }
  BOOST_TEST(rng.next() == Rng(13).next());
}

BOOST_AUTO_TEST_CASE(a_state_with_an_impossible_position_is_refused) {
  const std::string state = Rng(12).state();
  Rng rng;
  RONDO_CHECK_THROWS(
      rng.set_state(state.substr(0, state.rfind(' ')) + " 313"), FormatError, refusal);
}

BOOST_AUTO_TEST_CASE(a_state_with_other_blanks_is_refused) {
  const std::string state = Rng(12).state();
  std::string tabs = state;
  std::replace(tabs.begin(), tabs.end(), ' ', '\t');
  Rng rng(13);
  for (const std::string& text :
       {tabs, ' ' + state, "0" + state, state.substr(0, state.rfind(' ')) + '\n' + "99999"}) {
    RONDO_CHECK_THROWS(rng.set_state(text), FormatError, refusal);
  }
  BOOST_TEST(rng.next() == Rng(13).next());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rng_test
