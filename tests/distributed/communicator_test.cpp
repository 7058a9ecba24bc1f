// What ranks ask of one another, with ranks as threads.
#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "rondo/core/rng.hpp"
#include "rondo/distributed/distributed.hpp"

using namespace rondo;

namespace {

/// The number that rank `rank` adds at place `i`, of very different sizes.
float value_of(std::size_t rank, std::size_t i) {
  Rng rng(100 * rank + i);
  return static_cast<float>(rng.normal() * (i % 3 == 0 ? 1e6 : 1.0));
}

/// The tree of DESIGN D80, from its words: the larger half in front.
float tree_sum(std::size_t first, std::size_t last, std::size_t i) {
  if (last - first == 1) {
    return value_of(first, i);
  }
  const std::size_t middle = first + (last - first + 1) / 2;
  return tree_sum(first, middle, i) + tree_sum(middle, last, i);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(communicator)

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_tree) {
  constexpr std::size_t count = 37;
  for (const std::size_t ranks : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 11U, 16U}) {
    run_on_threads(ranks, [&](Communicator& communicator) {
      std::array<float, count> values{};
      for (std::size_t i = 0; i < count; ++i) {
        values[i] = value_of(communicator.rank(), i);
      }
      communicator.sum(std::span<float>(values));
      for (std::size_t i = 0; i < count; ++i) {
        if (values[i] != tree_sum(0, ranks, i)) {
          throw std::runtime_error("place " + std::to_string(i));
        }
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(every_rank_gets_what_the_root_has) {
  for (const std::size_t ranks : {1U, 2U, 3U, 5U, 8U}) {
    for (std::size_t root = 0; root < ranks; ++root) {
      run_on_threads(ranks, [&](Communicator& communicator) {
        std::array<std::int32_t, 3> values{};
        if (communicator.rank() == root) {
          values = {7, -1, 42};
        }
        communicator.broadcast(std::span<std::int32_t>(values), root);
        if (values != std::array<std::int32_t, 3>{7, -1, 42}) {
          throw std::runtime_error("root " + std::to_string(root));
        }
      });
    }
  }
}

BOOST_AUTO_TEST_CASE(texts_of_all_ranks_come_in_their_order) {
  std::vector<std::vector<std::string>> gathered(5);
  run_on_threads(5, [&](Communicator& communicator) {
    const std::size_t rank = communicator.rank();
    gathered[rank] = communicator.gather(std::string(rank, 'x'));  // the first one is empty
  });
  const std::vector<std::string> expected{"", "x", "xx", "xxx", "xxxx"};
  for (const auto& texts : gathered) {
    BOOST_TEST(texts == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(one_process_is_a_job_of_one_rank) {
  SingleProcess process;
  std::array<double, 2> values{1.0, 2.0};
  process.sum(std::span<double>(values));
  process.broadcast(std::span<double>(values), 0);
  BOOST_TEST(values[0] == 1.0);
  BOOST_TEST(values[1] == 2.0);
  BOOST_TEST(process.size() == 1U);
  BOOST_TEST(process.is_first());
  BOOST_TEST(process.gather("a").at(0) == "a");
}

BOOST_AUTO_TEST_CASE(ranks_share_the_shards_out) {
  BOOST_TEST((shards_of(0, 1, 8) == ShardRange{0, 8}));
  BOOST_TEST((shards_of(1, 2, 8) == ShardRange{4, 8}));
  BOOST_TEST((shards_of(2, 4, 8) == ShardRange{4, 6}));
  BOOST_TEST((shards_of(7, 8, 8) == ShardRange{7, 8}));
  BOOST_TEST((shards_of(0, 3, 8) == ShardRange{0, 2}));  // a tree of 3 has 2 in front
  BOOST_TEST((shards_of(1, 3, 8) == ShardRange{2, 4}));
  BOOST_TEST((shards_of(2, 3, 8) == ShardRange{4, 8}));
  BOOST_TEST((shards_of(0, 2, 5) == ShardRange{0, 3}));
  for (std::size_t shards = 1; shards <= 17; ++shards) {
    for (std::size_t ranks = 1; ranks <= shards; ++ranks) {
      std::size_t next = 0;
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        const ShardRange range = shards_of(rank, ranks, shards);
        BOOST_TEST(range.first == next);
        BOOST_TEST(range.size() > 0U);
        next = range.last;
      }
      BOOST_TEST(next == shards);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
