#include "rondo/data/detail/prefetcher.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

template <Real T>
Prefetcher<T>::Prefetcher(const Dataset<T>& dataset, const BatchSampler& sampler, std::size_t depth)
    : dataset_(dataset), sampler_(sampler) {
  const std::size_t samples = sampler.most_samples();
  for (std::size_t i = 0; i <= depth; ++i) {  // one more: the batch in use
    slots_.push_back({BatchStorage<T>(dataset.layout(), samples)});
  }
  try {
    worker_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error& error) {
    throw_state_error(
        "BatchLoader",
        fmt::format("no thread can be started ({}): set prefetch to 0", error.what()));
  }
}

template <Real T>
void Prefetcher<T>::start(std::size_t first) {
  started_ = true;
  {
    const std::lock_guard lock(mutex_);
    produced_ = first;
    consumed_ = first;
    in_use_.reset();
    running_ = true;
  }
  changed_.notify_all();
}

template <Real T>
void Prefetcher<T>::stop() {
  started_ = false;
  std::unique_lock lock(mutex_);
  running_ = false;
  changed_.wait(lock, [this] { return !busy_; });
}

template <Real T>
Batch<T> Prefetcher<T>::next() {
  std::unique_lock lock(mutex_);
  in_use_.reset();
  changed_.notify_all();
  changed_.wait(lock, [this] { return produced_ > consumed_; });
  Slot& slot = slots_[consumed_ % slots_.size()];
  if (const std::exception_ptr error = std::exchange(slot.error, nullptr)) {
    lock.unlock();
    stop();
    std::rethrow_exception(error);
  }
  in_use_ = consumed_++;
  return slot.batch;
}

template <Real T>
void Prefetcher<T>::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return may_gather(); })) {
    const std::size_t batch = produced_;
    busy_ = true;
    lock.unlock();
    gather(batch);
    lock.lock();
    busy_ = false;
    running_ = running_ && slots_[batch % slots_.size()].error == nullptr;
    ++produced_;
    changed_.notify_all();
  }
}

/// Whether there is a batch left in the epoch and a buffer that nobody reads.
template <Real T>
bool Prefetcher<T>::may_gather() const {
  const std::size_t oldest = in_use_.value_or(consumed_);
  return running_ && produced_ < sampler_.num_batches() && produced_ - oldest < slots_.size();
}

template <Real T>
void Prefetcher<T>::gather(std::size_t batch) {
  Slot& slot = slots_[batch % slots_.size()];
  slot.error = nullptr;  // of a batch that nobody asked for
  try {
    slot.batch = slot.storage.gather(dataset_, sampler_.part(batch), sampler_.batch(batch));
  } catch (...) {
    slot.error = std::current_exception();
  }
}

template class Prefetcher<float>;
template class Prefetcher<double>;

}  // namespace rondo::detail
