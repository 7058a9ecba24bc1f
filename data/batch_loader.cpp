#include "rondo/data/batch_loader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/data/detail/prefetcher.hpp"

namespace rondo {

namespace {

template <Real T>
std::vector<std::size_t> lengths_for(const Dataset<T>& dataset, const BatchLoaderOptions& options) {
  std::vector<std::size_t> lengths(options.bucket_by_length ? dataset.size() : 0);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    lengths[i] = dataset.length(i);
  }
  return lengths;
}

}  // namespace

template <Real T>
BatchLoader<T>::BatchLoader(const Dataset<T>& dataset, BatchLoaderOptions options)
    : dataset_(&dataset),
      sampler_(
          std::make_unique<BatchSampler>(dataset.size(), lengths_for(dataset, options), options)) {
  if (options.prefetch > 0) {
    prefetcher_ = std::make_unique<detail::Prefetcher<T>>(dataset, *sampler_, options.prefetch);
  } else {
    storage_.emplace(dataset.layout(), sampler_->most_samples());
  }
}

template <Real T>
BatchLoader<T>::BatchLoader(BatchLoader&& other) noexcept = default;

/// Not the default, which would free the sampler before the thread that reads it has ended.
template <Real T>
BatchLoader<T>& BatchLoader<T>::operator=(BatchLoader&& other) noexcept {
  prefetcher_ = std::move(other.prefetcher_);
  sampler_ = std::move(other.sampler_);
  storage_ = std::move(other.storage_);
  dataset_ = other.dataset_;
  position_ = other.position_;
  samples_ = other.samples_;
  return *this;
}

template <Real T>
BatchLoader<T>::~BatchLoader() = default;

template <Real T>
std::optional<Batch<T>> BatchLoader<T>::next() {
  if (position_.batch == num_batches()) {
    seek({position_.epoch + 1, 0});
    return std::nullopt;
  }
  const std::size_t i = position_.batch;
  Batch<T> batch = prefetcher_ ? prefetched()
                               : storage_->gather(*dataset_, sampler_->part(i), sampler_->batch(i));
  ++position_.batch;
  samples_ = sampler_->batch(i).size();
  return batch;
}

/// The second thread is started by the first call, so that seek() costs nothing before it.
template <Real T>
Batch<T> BatchLoader<T>::prefetched() {
  if (!prefetcher_->started()) {
    prefetcher_->start(position_.batch);
  }
  return prefetcher_->next();
}

template <Real T>
void BatchLoader<T>::reset() {
  if (position_.batch > 0) {
    seek({position_.epoch + 1, 0});
  }
}

template <Real T>
void BatchLoader<T>::seek(LoaderPosition position) {
  if (position.batch > num_batches()) {
    throw_argument_error(
        "BatchLoader",
        fmt::format("cannot continue at batch {}, an epoch has {}", position.batch, num_batches()));
  }
  if (prefetcher_) {
    prefetcher_->stop();
  }
  position_ = position;
  sampler_->arrange(position.epoch);
}

template class BatchLoader<float>;
template class BatchLoader<double>;

}  // namespace rondo
