/// Memory that is given back all at once (D3): a pass allocates by moving a pointer, `reset()`
/// rewinds it. If a pass needed several blocks, the next one starts with a single block of their
/// total size, so that a repeated pass never touches the heap. Blocks never move.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace rondo {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// Uninitialised memory, valid until `reset()`; 64-byte aligned from 64 bytes on, else 16.
  void* allocate(std::size_t bytes) {
    const std::size_t alignment = bytes >= 64 ? 64 : 16;
    const std::size_t begin = (offset_ + alignment - 1) & ~(alignment - 1);
    if (begin + bytes > capacity_ || begin + bytes < begin) {
      return allocate_block(bytes);
    }
    offset_ = begin + bytes;
    unpoison(data_ + begin, bytes);
    return data_ + begin;
  }

  template <class U>
  std::span<U> array(std::size_t n) {
    static_assert(std::is_trivially_copyable_v<U> && std::is_trivially_destructible_v<U>);
    if (n > static_cast<std::size_t>(-1) / sizeof(U)) {
      throw std::bad_array_new_length();
    }
    return {static_cast<U*>(allocate(n * sizeof(U))), n};
  }

  /// Everything allocated becomes invalid; under AddressSanitizer a later access is reported.
  void reset();

  /// A place to return to: what was allocated after it is given back by `rewind`.
  struct Mark {
    std::size_t block;
    std::size_t offset;
  };

  [[nodiscard]] Mark mark() const { return {current_, offset_}; }

  void rewind(const Mark& mark);

  /// Temporary workspace: gives back on destruction what was allocated during its life.
  class Scope {
   public:
    explicit Scope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}

    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    ~Scope() { arena_.rewind(mark_); }

   private:
    Arena& arena_;
    Mark mark_;
  };

  [[nodiscard]] std::size_t bytes_in_use() const { return before_ + offset_; }

  [[nodiscard]] std::size_t bytes_reserved() const;

  /// Blocks taken from the heap since construction; constant in a steady state.
  [[nodiscard]] std::size_t block_allocations() const { return block_allocations_; }

 private:
  struct Block {
    std::byte* data;
    std::size_t size;
  };

  void* allocate_block(std::size_t bytes);
  void add_block(std::size_t size);
  void select(std::size_t block, std::size_t offset);
  void free_blocks();

  static void poison(std::byte* data, std::size_t bytes);
  static void unpoison(std::byte* data, std::size_t bytes);

  std::byte* data_ = nullptr;  // of the current block
  std::size_t capacity_ = 0;
  std::size_t offset_ = 0;
  std::size_t current_ = 0;
  std::size_t before_ = 0;  // bytes of the blocks in front of the current one
  std::size_t block_allocations_ = 0;
  std::vector<Block> blocks_;
};

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_poison_memory_region(const volatile void*, std::size_t);
extern "C" void __asan_unpoison_memory_region(const volatile void*, std::size_t);

inline void Arena::poison(std::byte* data, std::size_t bytes) {
  __asan_poison_memory_region(data, bytes);
}

inline void Arena::unpoison(std::byte* data, std::size_t bytes) {
  __asan_unpoison_memory_region(data, bytes);
}
#else
inline void Arena::poison(std::byte*, std::size_t) {}

inline void Arena::unpoison(std::byte*, std::size_t) {}
#endif

}  // namespace rondo
