// Ranks that fail, leave or differ: all end, and the error names the rank.
#include <array>
#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include "rondo/core/error.hpp"
#include "rondo/distributed/distributed.hpp"

using namespace rondo;

namespace {

template <class Work>
std::string error_of(std::size_t ranks, Work work) {
  try {
    run_on_threads(ranks, work);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

void sum_something(Communicator& ranks) {
  std::array<double, 4> values{};
  ranks.sum(std::span<double>(values));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(failure)

BOOST_AUTO_TEST_CASE(a_rank_that_throws_ends_those_that_wait_for_it) {
  for (std::size_t bad = 0; bad < 4; ++bad) {
    const std::string text = error_of(4, [&](Communicator& ranks) {
      sum_something(ranks);
      if (ranks.rank() == bad) {
        throw_format_error("read_csv", "data.csv: no such file");
      }
      for (int i = 0; i < 3; ++i) {
        sum_something(ranks);
      }
    });
    BOOST_TEST(text ==
               "[ranks] rank " + std::to_string(bad) + " of 4: [read_csv] data.csv: no such file");
  }
}

BOOST_AUTO_TEST_CASE(what_all_throw_comes_back_as_it_was) {
  const auto work = [](Communicator&) {
    throw_argument_error("Trainer", "epochs must be positive");
  };
  BOOST_CHECK_THROW(run_on_threads(3, work), ArgumentError);
  BOOST_TEST(error_of(3, work) == "[Trainer] epochs must be positive");
}

BOOST_AUTO_TEST_CASE(a_rank_that_leaves_early_is_named) {
  const std::string text = error_of(2, [](Communicator& ranks) {
    if (ranks.rank() == 0) {
      sum_something(ranks);
    }
  });
  BOOST_TEST(text ==
             "[ranks] rank 0 of 2: [ranks] rank 1 has ended, rank 0 waits for it: they do not make "
             "the same calls");
}

BOOST_AUTO_TEST_CASE(ranks_with_messages_of_different_sizes_are_refused) {
  const std::string text = error_of(2, [](Communicator& ranks) {
    std::array<double, 4> values{};
    ranks.sum(std::span<double>(values.data(), ranks.rank() == 0 ? 4 : 3));
  });
  BOOST_TEST(text.find("the ranks do not make the same calls") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_step_fails_on_all_ranks_or_on_none) {
  std::array<std::string, 3> seen;
  run_on_threads(3, [&](Communicator& ranks) {
    try {
      fail_together(ranks, [&] {
        if (ranks.rank() == 2) {
          throw std::runtime_error("no space left");
        }
      });
    } catch (const StateError& error) {
      seen[ranks.rank()] = error.what();
    }
  });
  for (const std::string& text : seen) {
    BOOST_TEST(text == "[ranks] rank 2 of 3: no space left");
  }
}

BOOST_AUTO_TEST_CASE(the_first_difference_is_named) {
  const auto differ = [](std::size_t rank, const RankFacts& other) {
    return error_of(3, [&, rank](Communicator& ranks) {
      const RankFacts usual{{"seed", "1"}, {"batch_size", "32"}, {"shards", "8"}};
      check_same(ranks, ranks.rank() == rank ? other : usual);
    });
  };
  const std::string remedy = ": start all ranks with the same program, options and data";
  BOOST_TEST(differ(1, {{"seed", "1"}, {"batch_size", "16"}, {"shards", "4"}}) ==
             "[ranks] rank 1 of 3 has batch_size 16, rank 0 has 32" + remedy);
  BOOST_TEST(differ(2, {{"seed", "1"}}) ==
             "[ranks] rank 2 of 3 has no more options, rank 0 has batch_size" + remedy);
  BOOST_TEST(differ(5, {}) == "none");
}

BOOST_AUTO_TEST_CASE(no_rank_is_refused) {
  BOOST_CHECK_THROW(run_on_threads(0, [](Communicator&) {}), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()
