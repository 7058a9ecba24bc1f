#include "rondo/optim/fit_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

void refuse(const std::string& problem) {
  throw_argument_error("Trainer", problem);
}

void check_positive(const char* name, const std::optional<std::size_t>& value) {
  if (value == std::size_t{0}) {
    refuse(fmt::format("{} must be positive, got 0", name));
  }
}

template <Real T>
void check_validation(const FitOptions<T>& o) {
  if (!(o.validation_split >= 0.0 && o.validation_split < 1.0)) {
    refuse(fmt::format("validation_split must lie in [0, 1), got {}", o.validation_split));
  }
  const bool split = o.validation_split > 0.0;
  if (split && o.validation_data != nullptr) {
    refuse("validation_split and validation_data exclude one another");
  }
  check_positive("validation_steps", o.validation_steps);
  check_positive("validation_batch_size", o.validation_batch_size);
  check_positive("validation_freq", o.validation_freq);
  if (split || o.validation_data != nullptr) {
    return;
  }
  const char* const unused = o.validation_steps        ? "validation_steps"
                             : o.validation_batch_size ? "validation_batch_size"
                             : o.validation_freq != 1  ? "validation_freq"
                                                       : nullptr;
  if (unused != nullptr) {
    refuse(fmt::format("{} needs validation_data or validation_split", unused));
  }
}

template <Real T>
void check_ranks(const FitOptions<T>& o) {
  check_positive("shards", o.shards);
  const std::size_t ranks = o.communicator != nullptr ? o.communicator->size() : 1;
  if (o.sum_order == SumOrder::any) {
    if (o.communicator == nullptr) {
      refuse("sum_order any needs a communicator");
    }
    if (o.shards) {
      refuse("sum_order any and shards exclude one another: each rank has one part then");
    }
  } else if (const std::size_t shards = shard_count(o); shards != 0 && shards < ranks) {
    refuse(
        fmt::format("{} shards do not go round {} ranks: start {} ranks at most, set more shards, "
                    "or sum_order to any",
                    shards,
                    ranks,
                    shards));
  }
}

}  // namespace

template <Real T>
std::size_t shard_count(const FitOptions<T>& o) {
  constexpr std::size_t usual = 8;
  if (o.sum_order == SumOrder::any) {
    return o.communicator->size();
  }
  return o.shards.value_or(o.communicator != nullptr ? usual : 0);
}

template <Real T>
BatchPart part_of(const FitOptions<T>& o) {
  const std::size_t shards = shard_count(o);
  if (shards == 0 || o.communicator == nullptr) {
    return {};
  }
  const ShardRange own = shards_of(o.communicator->rank(), o.communicator->size(), shards);
  return {.first = own.first, .last = own.last, .of = shards};
}

template <Real T>
void check_shards(const FitOptions<T>& o, std::size_t samples) {
  const std::size_t batch = std::min(o.batch_size, samples);
  if (const std::size_t shards = shard_count(o); batch < shards) {
    refuse(
        fmt::format("a batch of {} cannot be cut in {}{}: set a larger batch_size or fewer shards",
                    batch,
                    shards,
                    o.sum_order == SumOrder::any ? " (one part per rank)" : " shards"));
  }
}

template <Real T>
void check(const FitOptions<T>& o) {
  if (o.epochs == 0) {
    refuse("epochs must be positive, got 0");
  }
  if (o.initial_epoch >= o.epochs) {
    refuse(fmt::format(
        "epochs must lie above initial_epoch, got {} and {}", o.epochs, o.initial_epoch));
  }
  check_validation(o);
  check_positive("steps_per_epoch", o.steps_per_epoch);
  check_positive("tbptt_steps", o.tbptt_steps);
  check_ranks(o);
  if (!o.class_weight.empty() && o.sample_weight) {
    refuse("class_weight and sample_weight exclude one another");
  }
}

void check_validation_steps(std::size_t wanted, std::size_t available) {
  if (wanted > available) {
    refuse(fmt::format("validation_steps is {}, the data have {} batches", wanted, available));
  }
}

template <Real T>
FitPlan plan_of(const FitOptions<T>& options,
                std::size_t samples,
                std::size_t batches,
                bool validates) {
  const std::size_t all = batches * options.batch_size;
  return {.first_epoch = options.initial_epoch,
          .epochs = options.epochs,
          .batch_size = options.batch_size,
          .batches = batches,
          .samples = options.steps_per_epoch ? all : std::min(samples, all),
          .validation_freq = validates ? options.validation_freq : 0};
}

template <Real T>
RunIdentity identity_of(const FitOptions<T>& o, std::size_t samples) {
  RunIdentity identity{{"samples", std::to_string(samples)},
                       {"batch_size", std::to_string(o.batch_size)},
                       {"shuffle", o.shuffle ? "true" : "false"},
                       {"seed", std::to_string(o.seed)},
                       {"last_batch", o.last_batch == LastBatch::keep ? "keep" : "drop"},
                       {"steps_per_epoch", std::to_string(o.steps_per_epoch.value_or(0))},
                       {"tbptt_steps", std::to_string(o.tbptt_steps.value_or(0))}};
  if (const std::size_t shards = shard_count(o); shards > 0) {
    identity.emplace_back("shards", o.sum_order == SumOrder::any ? "any" : std::to_string(shards));
  }
  return identity;
}

template <Real T>
LoaderPosition first_position(const FitOptions<T>& options, std::size_t num_batches) {
  const std::size_t done = options.initial_epoch * options.steps_per_epoch.value_or(num_batches);
  return {.epoch = done / num_batches, .batch = done % num_batches};
}

#define RONDO_INSTANTIATE(T)                                                      \
  template void check(const FitOptions<T>&);                                      \
  template std::size_t shard_count(const FitOptions<T>&);                         \
  template BatchPart part_of(const FitOptions<T>&);                               \
  template void check_shards(const FitOptions<T>&, std::size_t);                  \
  template FitPlan plan_of(const FitOptions<T>&, std::size_t, std::size_t, bool); \
  template RunIdentity identity_of(const FitOptions<T>&, std::size_t);            \
  template LoaderPosition first_position(const FitOptions<T>&, std::size_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo::detail
