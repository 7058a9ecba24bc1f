#include "rondo/data/batch_sampler.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/rng.hpp"

namespace rondo {

namespace {

void check_options(std::size_t size, const BatchLoaderOptions& options) {
  constexpr const char* op = "BatchLoader";
  if (options.batch_size == 0) {
    throw_argument_error(op, "batch_size must be positive, got 0");
  }
  if (options.bucket_batches == 0) {
    throw_argument_error(op, "bucket_batches must be positive, got 0");
  }
  if (const auto [first, last, of] = options.part; first >= last || last > of) {
    throw_argument_error(op, fmt::format("there is no part [{}, {}) of {}", first, last, of));
  }
  if (size == 0) {
    throw_argument_error(op, "the data set has no samples");
  }
  if (options.last_batch == LastBatch::drop && size < options.batch_size) {
    throw_argument_error(op,
                         fmt::format("{} samples do not fill a batch of {}, and last_batch is drop",
                                     size,
                                     options.batch_size));
  }
}

Rng stream_of_epoch(std::uint64_t seed, std::size_t epoch) {
  std::array<char, 20> digits{};  // a 64-bit number has no more
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), epoch);
  return Rng(seed).derive(std::string_view(digits.data(), end));
}

}  // namespace

BatchSampler::BatchSampler(std::size_t samples,
                           std::vector<std::size_t> lengths,
                           const BatchLoaderOptions& options)
    : options_(options), lengths_(std::move(lengths)) {
  check_options(samples, options);
  order_.resize(samples);
  if (options_.bucket_by_length) {
    place_.resize(samples);
    sorted_.resize(samples);
    batches_.resize(samples / options_.batch_size);
  }
  arrange(0);
}

std::size_t BatchSampler::num_batches() const {
  const std::size_t whole = order_.size() / options_.batch_size;
  const bool rest = order_.size() % options_.batch_size != 0;
  return whole + (rest && options_.last_batch == LastBatch::keep ? 1 : 0);
}

std::span<const std::size_t> BatchSampler::batch(std::size_t batch) const {
  const std::size_t first = batch * options_.batch_size;
  return order().subspan(first, std::min(options_.batch_size, order_.size() - first));
}

std::span<const std::size_t> BatchSampler::part(std::size_t batch) const {
  const auto [first, last, of] = options_.part;
  const std::span<const std::size_t> samples = this->batch(batch);
  const std::size_t begin = BatchPart::begin_of(samples.size(), first, of);
  return samples.subspan(begin, BatchPart::begin_of(samples.size(), last, of) - begin);
}

/// A part of a smaller batch may have one sample more than its share of the largest.
std::size_t BatchSampler::most_samples() const {
  const std::size_t all = std::min(options_.batch_size, order_.size());
  const auto [first, last, of] = options_.part;
  return std::min(all, all / of * (last - first) + (last - first) + 1);
}

void BatchSampler::arrange(std::size_t epoch) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  Rng rng = stream_of_epoch(options_.seed, epoch);
  if (options_.shuffle) {
    rng.shuffle(order_);
  }
  if (!options_.bucket_by_length) {
    return;
  }
  sort_buckets();
  std::iota(batches_.begin(), batches_.end(), std::size_t{0});
  if (options_.shuffle) {
    rng.shuffle(batches_);
  }
  copy_batches();
}

void BatchSampler::sort_buckets() {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    place_[order_[i]] = i;
  }
  // Places decide between equal lengths: std::stable_sort would allocate.
  const auto is_before = [this](std::size_t a, std::size_t b) {
    return std::tie(lengths_[a], place_[a]) < std::tie(lengths_[b], place_[b]);
  };
  const std::size_t whole = batches_.size() * options_.batch_size;
  std::size_t end = 0;
  for (std::size_t first = 0; first < whole; first = end) {
    const std::size_t left = (whole - first) / options_.batch_size;
    end = first + std::min(options_.bucket_batches, left) * options_.batch_size;
    std::sort(order_.data() + first, order_.data() + end, is_before);
  }
}

void BatchSampler::copy_batches() {
  sorted_ = order_;
  auto to = order_.begin();
  for (const std::size_t batch : batches_) {
    to = std::copy_n(sorted_.data() + batch * options_.batch_size, options_.batch_size, to);
  }
}

}  // namespace rondo
