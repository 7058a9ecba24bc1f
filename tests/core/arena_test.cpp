#include "rondo/core/arena.hpp"

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

#include "rondo/tests/support/check.hpp"

namespace arena_test {

using namespace rondo;

namespace {

std::uintptr_t address(const void* data) {
  return reinterpret_cast<std::uintptr_t>(data);
}

/// One pass: an allocation of each size.
void run_pass(Arena& arena, const std::vector<std::size_t>& sizes) {
  for (const std::size_t bytes : sizes) {
    std::ranges::fill(arena.array<unsigned char>(bytes), 0xFF);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_arena)

BOOST_AUTO_TEST_CASE(large_pieces_are_aligned_to_64_bytes_and_small_ones_to_16) {
  Arena arena;
  for (std::size_t bytes = 1; bytes < 300; bytes += 7) {
    BOOST_TEST(address(arena.allocate(bytes)) % (bytes >= 64 ? 64 : 16) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(pieces_do_not_overlap) {
  Arena arena;
  std::vector<std::span<std::size_t>> pieces;
  for (std::size_t i = 0; i < 400; ++i) {
    pieces.push_back(arena.array<std::size_t>(i));
    std::ranges::fill(pieces.back(), i);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    BOOST_TEST(std::ranges::count(pieces[i], i) == static_cast<std::ptrdiff_t>(i));
  }
  BOOST_TEST(arena.block_allocations() > 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_piece_is_an_empty_span) {
  Arena arena;
  BOOST_TEST(arena.array<float>(0).empty());
  BOOST_TEST(arena.bytes_in_use() == 0U);
}

BOOST_AUTO_TEST_CASE(a_new_arena_has_no_memory) {
  const Arena arena;
  BOOST_TEST(arena.bytes_in_use() == 0U);
  BOOST_TEST(arena.bytes_reserved() == 0U);
  BOOST_TEST(arena.block_allocations() == 0U);
}

BOOST_AUTO_TEST_CASE(counters_tell_what_is_used_and_what_is_reserved) {
  Arena arena;
  static_cast<void>(arena.allocate(100));
  BOOST_TEST(arena.bytes_in_use() == 100U);
  static_cast<void>(arena.allocate(1));
  BOOST_TEST(arena.bytes_in_use() == 113U);  // the second piece begins at 112
  BOOST_TEST(arena.bytes_reserved() >= 113U);
  BOOST_TEST(arena.block_allocations() == 1U);
}

BOOST_AUTO_TEST_CASE(reset_rewinds_to_the_beginning) {
  Arena arena;
  const void* const first = arena.allocate(100);
  arena.reset();
  BOOST_TEST(arena.bytes_in_use() == 0U);
  BOOST_TEST(arena.allocate(100) == first);
  BOOST_TEST(arena.block_allocations() == 1U);
}

BOOST_AUTO_TEST_CASE(a_pass_that_spilled_is_followed_by_one_block_of_the_total_size) {
  Arena arena;
  run_pass(arena, {60'000, 60'000, 60'000, 60'000});
  const std::size_t blocks = arena.block_allocations();
  const std::size_t reserved = arena.bytes_reserved();
  BOOST_TEST(blocks > 1U);
  arena.reset();
  BOOST_TEST(arena.block_allocations() == blocks + 1);
  BOOST_TEST(arena.bytes_reserved() == reserved);
}

BOOST_AUTO_TEST_CASE(equal_passes_take_no_block_from_the_second_on) {
  Arena arena;
  const std::vector<std::size_t> sizes{100, 60'000, 7, 300'000, 64, 1, 90'000};
  run_pass(arena, sizes);
  arena.reset();
  const std::size_t blocks = arena.block_allocations();
  for (int pass = 0; pass < 3; ++pass) {
    run_pass(arena, sizes);
    arena.reset();
    BOOST_TEST(arena.block_allocations() == blocks);
  }
}

BOOST_AUTO_TEST_CASE(a_pass_with_blocks_of_odd_sizes_fits_into_the_joint_block) {
  Arena arena;
  const std::vector<std::size_t> sizes{65'536, 200'001, 400'002};  // each fills its block
  run_pass(arena, sizes);
  arena.reset();
  const std::size_t blocks = arena.block_allocations();
  run_pass(arena, sizes);
  BOOST_TEST(arena.block_allocations() == blocks);
}

BOOST_AUTO_TEST_CASE(a_large_piece_gets_a_block_of_its_size) {
  Arena arena;
  const auto piece = arena.array<double>(1'000'000);
  piece.front() = 1.0;
  piece.back() = 2.0;
  BOOST_TEST(arena.bytes_reserved() >= 8'000'000U);
  BOOST_TEST(arena.block_allocations() == 1U);
}

BOOST_AUTO_TEST_CASE(blocks_never_move) {
  Arena arena;
  const auto first = arena.array<int>(1000);
  std::ranges::fill(first, 42);
  for (int i = 0; i < 100; ++i) {
    std::ranges::fill(arena.array<char>(50'000), 'x');
  }
  BOOST_TEST(arena.block_allocations() > 3U);
  BOOST_TEST(std::ranges::count(first, 42) == 1000);
}

BOOST_AUTO_TEST_CASE(a_scope_gives_back_what_was_allocated_during_its_life) {
  Arena arena;
  static_cast<void>(arena.allocate(100));
  const void* inside = nullptr;
  {
    const Arena::Scope scope(arena);
    inside = arena.allocate(1000);
  }
  BOOST_TEST(arena.bytes_in_use() == 100U);
  BOOST_TEST(arena.allocate(1000) == inside);
}

BOOST_AUTO_TEST_CASE(scopes_nest) {
  Arena arena;
  const Arena::Scope outer(arena);
  static_cast<void>(arena.allocate(64));
  {
    const Arena::Scope inner(arena);
    static_cast<void>(arena.allocate(64));
    BOOST_TEST(arena.bytes_in_use() == 128U);
  }
  BOOST_TEST(arena.bytes_in_use() == 64U);
}

BOOST_AUTO_TEST_CASE(a_scope_may_begin_in_an_arena_without_memory) {
  Arena arena;
  {
    const Arena::Scope scope(arena);
    run_pass(arena, {100'000, 200'000});
  }
  BOOST_TEST(arena.bytes_in_use() == 0U);
  run_pass(arena, {100'000});
}

BOOST_AUTO_TEST_CASE(blocks_that_a_scope_gave_back_are_used_again) {
  Arena arena;
  const auto kept = arena.array<int>(10);
  std::ranges::fill(kept, 42);
  for (int i = 0; i < 3; ++i) {
    const Arena::Scope scope(arena);
    run_pass(arena, {60'000, 60'000, 400'000});
    BOOST_TEST(arena.block_allocations() == 3U);
  }
  BOOST_TEST(std::ranges::count(kept, 42) == 10);
}

BOOST_AUTO_TEST_CASE(more_memory_than_there_are_addresses_is_refused) {
  Arena arena;
  static_cast<void>(arena.allocate(10));
  constexpr auto everything = static_cast<std::size_t>(-1);
  BOOST_CHECK_THROW(arena.array<double>(everything / 4), std::bad_alloc);
  BOOST_CHECK_THROW(arena.allocate(everything), std::bad_alloc);
  BOOST_TEST(arena.bytes_in_use() == 10U);
}

#if defined(__SANITIZE_ADDRESS__)
extern "C" int __asan_address_is_poisoned(const volatile void*);

BOOST_AUTO_TEST_CASE(memory_that_was_given_back_is_poisoned) {
  Arena arena;
  const auto kept = arena.array<double>(10);
  const Arena::Mark mark = arena.mark();
  const auto given_back = arena.array<double>(10);
  BOOST_TEST(__asan_address_is_poisoned(given_back.data()) == 0);
  arena.rewind(mark);
  BOOST_TEST(__asan_address_is_poisoned(given_back.data()) == 1);
  BOOST_TEST(__asan_address_is_poisoned(kept.data()) == 0);
  arena.reset();
  BOOST_TEST(__asan_address_is_poisoned(kept.data()) == 1);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace arena_test
