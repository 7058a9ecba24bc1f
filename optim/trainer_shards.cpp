// Batches that are cut in shards (D80): what trainer_loop.cpp does for whole ones.
#include <algorithm>
#include <cmath>
#include <utility>

#include "rondo/core/ops.hpp"
#include "rondo/optim/detail/doubtful_loss.hpp"
#include "rondo/optim/detail/shards.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

// The row of numbers that a shard shares: these, and the sums of its metrics.
constexpr std::size_t divisor_place = 0;
constexpr std::size_t loss_place = 1;
constexpr std::size_t sums_place = 2;

/// What the loss of a shard is a mean over, as far as one can see.
template <Real T>
double divisor_of(const Batch<T>& batch, const BatchResult<T>& result) {
  const TensorView<const bool> mask = result.mask;
  return mask ? static_cast<double>(std::count(mask.begin(), mask.end(), true))
              : static_cast<double>(batch.inputs.shape()[0]);
}

}  // namespace

template <Real T>
void Trainer<T>::cut_batches(const FitOptions<T>& options, std::size_t samples) {
  shards_.reset();
  if (const std::size_t shards = detail::shard_count(options); shards > 0) {
    detail::check_shards(options, samples);
    measures_.check_states();
    shards_ =
        std::make_shared<detail::Shards<T>>(*ranks_, shards, options.sum_order, model_, optimizer_);
  }
}

/// The whole batch, or its chunks one after another, which are the same on all ranks.
template <Real T>
template <class Step>
void Trainer<T>::for_each_shared_chunk(const Batch<T>& part, Step step) {
  if (!chunks_) {
    step(std::nullopt, 1.0);
    return;
  }
  const std::size_t count = chunks_->count(part);
  if (part.mask) {
    chunk_steps_.assign(count + 1, 0.0);  // and the sum of all
    for (std::size_t i = 0; i < count; ++i) {
      chunk_steps_[i] = static_cast<double>(chunks_->valid_steps(part, i));
      chunk_steps_[count] += chunk_steps_[i];
    }
    shards_->share(chunk_steps_);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double share = !part.mask                  ? chunks_->share(part, i)
                         : chunk_steps_[count] > 0.0 ? chunk_steps_[i] / chunk_steps_[count]
                                                     : 0.0;
    if (share > 0.0 && !step(i, share)) {
      return;
    }
  }
}

template <Real T>
Batch<T> Trainer<T>::shard_batch(std::size_t shard, std::optional<std::size_t> chunk) {
  const Batch<T> batch = shards_->batch(shard);
  return chunk ? chunks_->cut(batch, *chunk) : batch;
}

template <Real T>
void Trainer<T>::measure_shard(std::size_t shard,
                               const Batch<T>& batch,
                               const BatchResult<T>& result,
                               const Variable<T>& loss) {
  std::vector<double>& row = shards_->own_row(shard);
  row.push_back(divisor_of(batch, result));
  row.push_back(static_cast<double>(loss.item()));
  measures_.measure_shard(batch, result, row);
}

/// Adds the rows of all ranks, in the order of the shards.
template <Real T>
detail::ShardSums Trainer<T>::share_measures(double share) {
  shards_->share_rows(sums_place + measures_.num_sums());
  measures_.end_shards();
  detail::ShardSums sums;
  double loss = 0.0, plain = 0.0;
  for (std::size_t shard = 0; shard < shards_->count(); ++shard) {
    if (const std::size_t samples = shards_->size_of(shard); samples > 0) {
      const std::span<const double> row = shards_->row(shard);
      sums.divisor += row[divisor_place];
      loss += row[divisor_place] * row[loss_place];
      plain += static_cast<double>(samples) * row[loss_place];
      measures_.merge_shard(row.subspan(sums_place));
    }
  }
  const auto samples = static_cast<double>(shards_->samples());
  sums.loss = sums.divisor > 0.0 ? loss / sums.divisor : plain / samples;
  measures_.add_loss(sums.loss, samples * share);
  return sums;
}

template <Real T>
void Trainer<T>::train_in_shards(const Batch<T>& part, std::size_t samples) {
  shards_->begin_batch(part, samples, chunks_.has_value());
  for_each_shared_chunk(part, [&](std::optional<std::size_t> chunk, double share) {
    return train_shards(chunk, share);
  });
  shards_->end_batch();
}

/// @return whether training goes on
template <Real T>
bool Trainer<T>::train_shards(std::optional<std::size_t> chunk, double share) {
  std::optional<std::size_t> failed;  // a shard of this rank, by a loss that is not finite
  const auto forward = [&](const Batch<T>& batch) {
    tape_.reset();
    return loss_(tape_, batch, {.training = true, .mask = batch.mask});
  };
  measures_.begin_shards();
  shards_->begin_step(optimizer_.iterations());
  shards_->train([&](std::size_t shard) {
    const Batch<T> batch = shard_batch(shard, chunk);
    const BatchResult<T> result = forward(batch);
    const Variable<T> loss = total_loss(result.loss);
    measure_shard(shard, batch, result, loss);
    if (!std::exchange(warnings_.loss_seen, true)) {
      warnings_.doubtful_loss = detail::doubtful_loss(tape_);
    }
    if (!std::isfinite(loss.item()) && !failed) {
      failed = shard;
    }
    const auto divisor = static_cast<T>(divisor_of(batch, result));
    tape_.backward(optimizer_.scale_loss(loss * divisor));
  });
  const detail::ShardSums sums = share_measures(share);
  warnings_.all_masked |= sums.divisor == 0.0;
  if (!std::isfinite(sums.loss)) {
    if (failed) {  // its pass is what callbacks look at
      shards_->repeat(*failed, [&] { forward(shard_batch(*failed, chunk)); });
    }
    each(&Callback<T>::on_loss_not_finite, *this, sums.loss);
    if (stopped_) {
      warnings_.not_finite_told = true;  // by who stopped the run
      return false;
    }
  }
  shards_->sum_gradients(sums.divisor > 0.0 ? 1.0 / sums.divisor : 0.0);
  optimizer_.step();
  return true;
}

template <Real T>
void Trainer<T>::test_in_shards(const Batch<T>& part, std::size_t samples) {
  shards_->begin_batch(part, samples, chunks_.has_value());
  for_each_shared_chunk(part, [&](std::optional<std::size_t> chunk, double share) {
    test_shards(chunk, share);
    return true;
  });
  shards_->end_batch();
}

template <Real T>
void Trainer<T>::test_shards(std::optional<std::size_t> chunk, double share) {
  measures_.begin_shards();
  shards_->begin_step(optimizer_.iterations());
  shards_->test([&](std::size_t shard) {
    const Batch<T> batch = shard_batch(shard, chunk);
    inference_.reset();
    const BatchResult<T> result = loss_(inference_, batch, {.mask = batch.mask});
    measure_shard(shard, batch, result, total_loss(result.loss));
  });
  share_measures(share);
}

#define RONDO_INSTANTIATE(T)                                                        \
  template void Trainer<T>::cut_batches(const FitOptions<T>& options, std::size_t); \
  template void Trainer<T>::train_in_shards(const Batch<T>& part, std::size_t);     \
  template void Trainer<T>::test_in_shards(const Batch<T>& part, std::size_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
