/// A second thread that gathers the batches of an epoch in advance. For BatchLoader.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "rondo/data/batch_sampler.hpp"
#include "rondo/data/batch_storage.hpp"
#include "rondo/data/dataset.hpp"

namespace rondo::detail {

/// One producer and one consumer around a ring of buffers: batch b lies in buffer b mod their
/// number. The worker only reads the data set and the sampler, which must not change between
/// `start` and `stop`.
template <Real T>
class Prefetcher {
 public:
  /// @param depth  how many batches the worker may be ahead of the one in use, > 0
  Prefetcher(const Dataset<T>& dataset, const BatchSampler& sampler, std::size_t depth);

  /// Begins to gather the batches of the epoch from `first` on.
  void start(std::size_t first);

  /// Forgets what was gathered, and waits until the worker has let go of data set and sampler.
  void stop();

  [[nodiscard]] bool started() const { return started_; }

  /// Waits for the next batch; the former one is not valid any more. What the worker threw for it
  /// is thrown here, and the worker is then stopped.
  Batch<T> next();

 private:
  struct Slot {
    BatchStorage<T> storage;
    Batch<T> batch = {};
    std::exception_ptr error = nullptr;
  };

  void run(const std::stop_token& stop);
  [[nodiscard]] bool may_gather() const;
  void gather(std::size_t batch);

  const Dataset<T>& dataset_;
  const BatchSampler& sampler_;
  std::vector<Slot> slots_;
  bool started_ = false;  // the consumer's

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool running_ = false;                    // the worker may gather
  bool busy_ = false;                       // the worker gathers
  std::size_t produced_ = 0;                // batches of the epoch that are ready
  std::size_t consumed_ = 0;                // batches that were handed out
  std::optional<std::size_t> in_use_ = {};  // the one that was handed out last
  std::jthread worker_;                     // last, so that it ends before what it uses
};

}  // namespace rondo::detail
