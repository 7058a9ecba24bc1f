#include "rondo/distributed/communicator.hpp"

#include <algorithm>

namespace rondo {

namespace {

template <Real T>
void add(std::span<T> values, const T* others) {
  T* const sums = values.data();
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) {
    sums[i] += others[i];  // a + b and b + a are the same bits
  }
}

}  // namespace

void Communicator::sum(std::span<float> values) {
  sum_between(values, 0, size_);
}

void Communicator::sum(std::span<double> values) {
  sum_between(values, 0, size_);
}

template <Real T>
void Communicator::sum_between(std::span<T> values, std::size_t first, std::size_t last) {
  if (last - first < 2) {
    return;
  }
  const std::size_t middle = middle_of(first, last);
  if (rank_ < middle) {
    sum_between(values, first, middle);
  } else {
    sum_between(values, middle, last);
  }
  add_other_half(values, first, middle, last);
}

/// Each rank has the sum of its half. Partners exchange; a last rank in front that has none gets the
/// other half's sum from the last one behind.
template <Real T>
void Communicator::add_other_half(std::span<T> values,
                                  std::size_t first,
                                  std::size_t middle,
                                  std::size_t last) {
  const std::span<const std::byte> own = std::as_bytes(values);
  received_.resize(std::max(received_.size(), own.size()));
  const std::span<std::byte> other(received_.data(), own.size());
  const bool front = rank_ < middle;
  const std::size_t place = front ? rank_ - first : rank_ - middle;
  const bool uneven = middle - first > last - middle;
  if (front && place == last - middle) {
    exchange(last - 1, {}, other);
  } else if (!front && uneven && rank_ == last - 1) {
    exchange(middle - 1, own, {});
    exchange(first + place, own, other);
  } else {
    exchange(front ? middle + place : first + place, own, other);
  }
  add(values, reinterpret_cast<const T*>(other.data()));
}

/// A binomial tree from the root.
void Communicator::broadcast(std::span<std::byte> bytes, std::size_t root) {
  const std::size_t place = (rank_ + size_ - root) % size_;
  const auto rank_at = [&](std::size_t other) { return (other + root) % size_; };
  std::size_t step = 1;
  while (step < size_ && (place & step) == 0) {
    step *= 2;
  }
  if (place != 0) {
    exchange(rank_at(place - step), {}, bytes);
  }
  for (step /= 2; step > 0; step /= 2) {
    if (place + step < size_) {
      exchange(rank_at(place + step), bytes, {});
    }
  }
}

std::vector<std::string> Communicator::gather(const std::string& text) {
  std::vector<std::string> texts(size_);
  for (std::size_t root = 0; root < size_; ++root) {
    std::size_t length = text.size();
    broadcast(std::span<std::size_t>(&length, 1), root);
    std::string& own = texts[root];
    own = root == rank_ ? text : std::string(length, '\0');
    if (length > 0) {
      broadcast(std::span<char>(own), root);
    }
  }
  return texts;
}

ShardRange shards_of(std::size_t rank, std::size_t ranks, std::size_t shards) {
  ShardRange range{0, shards};
  std::size_t first = 0, last = ranks;
  while (last - first > 1) {
    const std::size_t middle = middle_of(first, last);
    const std::size_t cut = middle_of(range.first, range.last);
    if (rank < middle) {
      last = middle;
      range.last = cut;
    } else {
      first = middle;
      range.first = cut;
    }
  }
  return range;
}

}  // namespace rondo
