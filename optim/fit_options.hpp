/// What `Trainer::fit` does, and what callbacks can read about a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rondo/data/batch_loader.hpp"
#include "rondo/distributed/agreement.hpp"

namespace rondo {

/// What `fit` tells on stderr.
enum class Verbosity {
  automatic,  ///< a progress bar on a terminal, otherwise one line per epoch
  quiet,      ///< nothing
  bar,        ///< a progress bar
  lines,      ///< one line per epoch
};

/// In which order the gradients of several ranks are added.
enum class SumOrder {
  fixed,  ///< a binary tree over shards: the same bits on any number of ranks
  any,    ///< the fastest: one backward pass per rank, last digits depend on their number
};

template <Real T>
struct FitOptions {
  /// The number of the last epoch, counted from 1.
  std::size_t epochs = 1;
  std::size_t batch_size = 32;
  /// No effect if a ProgressBar was added.
  Verbosity verbose = Verbosity::automatic;
  /// Share of the samples, taken from the end before shuffling, that validates instead of training.
  double validation_split = 0.0;
  /// Excludes validation_split.
  const Dataset<T>* validation_data = nullptr;
  /// Another order of the training samples in each epoch.
  bool shuffle = true;
  /// Weight of each class in the training loss, 1 if it is not named. Targets are class numbers or
  /// one-hot. Excludes sample weights.
  std::map<int, double> class_weight = {};
  /// [N], one for each sample: multiplies its loss, in validation_split too. A data set may have
  /// weights of its own instead.
  TensorView<const T> sample_weight = {};
  /// Of the weights, if the model is not built yet, and of the shuffling.
  std::uint64_t seed = 0;
  /// Where to begin, counted from 0: a run that continues another one shuffles as that would have.
  std::size_t initial_epoch = 0;
  /// Batches of an epoch; none: those of the data set. The next epoch goes on where this one
  /// stopped, and the data begin again, in another order, when all were used.
  std::optional<std::size_t> steps_per_epoch = {};
  /// Validates with this number of batches, from the first one on; none: with all.
  std::optional<std::size_t> validation_steps = {};
  /// None: batch_size.
  std::optional<std::size_t> validation_batch_size = {};
  /// Validates after every so many epochs.
  std::size_t validation_freq = 1;
  /// What happens to training samples that do not fill a batch.
  LastBatch last_batch = LastBatch::keep;
  /// Truncated back-propagation through time (Williams and Peng 1990): sequences are cut in chunks
  /// of so many steps, each with a step of the optimizer; states are carried from chunk to chunk,
  /// without gradient, and are zero at the beginning of every batch. Inputs and targets are [N,
  /// steps,
  /// ..], and the model's recurrent layers stateful. Validation goes through the same chunks.
  std::optional<std::size_t> tbptt_steps = {};
  /// How many training batches a second thread prepares in advance; 0: none.
  std::size_t prefetch = 0;
  /// The ranks that train together (D80): each has its own copy of model, optimizer and callbacks, and
  /// calls `fit` with the same options. Must outlive the call. None: this process alone.
  Communicator* communicator = nullptr;
  /// Cuts each batch in so many parts of neighbouring samples, with a backward pass for each, whose
  /// gradients are added in a fixed tree: 1, 2, 4 or 8 ranks give the same bits. The loss must be a
  /// mean over samples, or over the steps that its mask keeps. None: 8 with a communicator, without
  /// one the batch is not cut.
  std::optional<std::size_t> shards = {};
  /// `any` needs a communicator, and excludes shards.
  SumOrder sum_order = SumOrder::fixed;
};

struct InferenceOptions {
  std::size_t batch_size = 32;
  /// For `evaluate`: chunks as in `fit`.
  std::optional<std::size_t> tbptt_steps = {};
};

/// The size of a run, for callbacks.
struct FitPlan {
  std::size_t first_epoch = 0;
  std::size_t epochs = 0;
  std::size_t batch_size = 0;
  std::size_t batches = 0;  // per epoch
  std::size_t samples = 0;  // per epoch
  /// Epochs from one validation to the next; 0: there is none.
  std::size_t validation_freq = 0;

  [[nodiscard]] bool validates(std::size_t epoch) const {
    return validation_freq > 0 && (epoch + 1) % validation_freq == 0;
  }
};

/// How far a run is.
struct FitProgress {
  std::size_t epoch = 0;
  std::size_t batch = 0;  // batches of this epoch that are done
};

namespace detail {

/// @throws ArgumentError for what cannot be, before anything is built
template <Real T>
void check(const FitOptions<T>& options);

/// Parts of a batch; 0: it is not cut.
template <Real T>
[[nodiscard]] std::size_t shard_count(const FitOptions<T>& options);

/// Of each batch, for this rank.
template <Real T>
[[nodiscard]] BatchPart part_of(const FitOptions<T>& options);

/// @throws ArgumentError if a batch is too small for its shards
template <Real T>
void check_shards(const FitOptions<T>& options, std::size_t samples);

/// @throws ArgumentError if validation wants more batches than there are
void check_validation_steps(std::size_t wanted, std::size_t available);

/// @param samples, batches  of the training data and of an epoch
template <Real T>
[[nodiscard]] FitPlan plan_of(const FitOptions<T>& options,
                              std::size_t samples,
                              std::size_t batches,
                              bool validates);

/// What must not change when a run goes on from a file, name by name.
using RunIdentity = RankFacts;

template <Real T>
[[nodiscard]] RunIdentity identity_of(const FitOptions<T>& options, std::size_t samples);

/// Where training begins.
template <Real T>
[[nodiscard]] LoaderPosition first_position(const FitOptions<T>& options, std::size_t num_batches);

}  // namespace detail

}  // namespace rondo
