/// How rows are cut into tiles: for kernels, and for callers that cut a batch in the same places.
#pragma once

#include <cstddef>

namespace rondo::kernels {

/// n > 0 rows cut into as few tiles of at most `max_rows` as there can be; their sizes differ by at
/// most one, large ones first. `even`: several tiles are an even number of them.
///
/// Always inlined: no instruction set's object may hold a copy for the others (D9).
class Tiling {
 public:
  [[gnu::always_inline]] Tiling(std::size_t n, std::size_t max_rows, bool even = false)
      : count_((n + max_rows - 1) / max_rows) {
    if (even && count_ > 1) {
      count_ += count_ % 2;
    }
    small_ = n / count_;
    large_ = n % count_;
  }

  [[nodiscard, gnu::always_inline]] std::size_t count() const { return count_; }

  /// The first row of tile i; n for i = count().
  [[nodiscard, gnu::always_inline]] std::size_t begin(std::size_t i) const {
    return i * small_ + (i < large_ ? i : large_);
  }

  /// f(begin, rows) for the tiles that make up [first, last); both are bounds of tiles.
  template <class F>
  [[gnu::always_inline]] void for_each(std::size_t first, std::size_t last, F f) const {
    const std::size_t large_end = begin(large_);
    for (std::size_t n = first; n < last;) {
      const std::size_t rows = n < large_end ? small_ + 1 : small_;
      f(n, rows);
      n += rows;
    }
  }

 private:
  std::size_t count_;
  std::size_t small_;  // rows of a small tile
  std::size_t large_;  // tiles of one more
};

}  // namespace rondo::kernels
