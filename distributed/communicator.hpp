/// The ranks that train one model together: what each of them can ask of the others (D80).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/core/real.hpp"

namespace rondo {

/// One rank of a job. All ranks make the same calls in the same order; a call returns when this rank
/// may go on. A call belongs to the thread that made the communicator.
///
/// Implementations: `SingleProcess`, `run_on_threads` (ranks as threads of one process) and, in the
/// library rondo::mpi, `run_on_mpi`.
class Communicator {
 public:
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  virtual ~Communicator() = default;

  /// The number of this rank, in [0, size()).
  [[nodiscard]] std::size_t rank() const { return rank_; }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Rank 0 prints and writes.
  [[nodiscard]] bool is_first() const { return rank_ == 0; }

  /// Adds the values of all ranks, element by element: afterwards each rank has the sums. They are
  /// added in a binary tree over the ranks, [first, last) as [first, middle) + [middle, last) with
  /// the larger half in front: the bits do not depend on who is faster.
  /// @param values  equally many on each rank
  void sum(std::span<float> values);
  void sum(std::span<double> values);

  /// The same in whatever order is the fastest: last digits may differ from job to job, not from
  /// rank to rank.
  virtual void sum_in_any_order(std::span<float> values) { sum(values); }

  virtual void sum_in_any_order(std::span<double> values) { sum(values); }

  /// Every rank gets the bytes of rank `root`.
  /// @param bytes  equally many on each rank
  void broadcast(std::span<std::byte> bytes, std::size_t root);

  template <class V>
  requires std::is_trivially_copyable_v<V>

  void broadcast(std::span<V> values, std::size_t root) {
    broadcast(std::as_writable_bytes(values), root);
  }

  /// The text of each rank, on all of them: for reports and checks.
  [[nodiscard]] std::vector<std::string> gather(const std::string& text);

  /// Ends the job on all ranks; for whoever started them, when this one has failed.
  virtual void abort(const std::string& reason) = 0;

  /// Whether no other rank lives in this process.
  [[nodiscard]] virtual bool owns_process() const { return true; }

 protected:
  Communicator(std::size_t rank, std::size_t size) : rank_(rank), size_(size) {}

  /// Sends and receives at once; either may be empty, on both sides then.
  /// @throws StateError if the partner does not answer any more
  virtual void exchange(std::size_t partner,
                        std::span<const std::byte> out,
                        std::span<std::byte> in) = 0;

 private:
  template <Real T>
  void sum_between(std::span<T> values, std::size_t first, std::size_t last);
  template <Real T>
  void add_other_half(std::span<T> values, std::size_t first, std::size_t middle, std::size_t last);

  std::size_t rank_;
  std::size_t size_;
  std::vector<std::byte> received_;  // keeps its memory
};

/// A job of one rank.
class SingleProcess final : public Communicator {
 public:
  SingleProcess() : Communicator(0, 1) {}

  void abort(const std::string&) override {}

 protected:
  void exchange(std::size_t, std::span<const std::byte>, std::span<std::byte>) override {}
};

/// Neighbouring shards, [first, last).
struct ShardRange {
  std::size_t first = 0;
  std::size_t last = 0;

  [[nodiscard]] std::size_t size() const { return last - first; }

  friend bool operator==(const ShardRange&, const ShardRange&) = default;
};

/// The shards of a rank: a subtree of the tree over all shards, which is cut as that over the ranks
/// is. So a sum over shards does not depend on the number of ranks.
/// @param shards  at least as many as ranks
[[nodiscard]] ShardRange shards_of(std::size_t rank, std::size_t ranks, std::size_t shards);

/// Where both trees are cut: the larger half is in front.
[[nodiscard]] constexpr std::size_t middle_of(std::size_t first, std::size_t last) {
  return first + (last - first + 1) / 2;
}

}  // namespace rondo
