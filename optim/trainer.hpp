/// The training loop for people who do not want to write it (D22). It uses only public calls: a
/// loop written by hand can do everything it does (optim/README.md).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/data/batch_loader.hpp"
#include "rondo/distributed/communicator.hpp"
#include "rondo/layers/layer.hpp"
#include "rondo/optim/callback.hpp"
#include "rondo/optim/fit_options.hpp"
#include "rondo/optim/layer_loss.hpp"
#include "rondo/optim/measures.hpp"
#include "rondo/optim/optimizer.hpp"
#include "rondo/optim/sequence_chunks.hpp"

namespace rondo {

namespace detail {

template <Real T>
class Shards;

/// Of all shards of a batch.
struct ShardSums {
  double divisor = 0.0;  // what the losses are means over: samples or valid steps
  double loss = 0.0;     // the mean
};

}  // namespace detail

/// Model, loss and optimizer must outlive the trainer.
template <Real T = float>
class Trainer {
 public:
  /// `Trainer trainer{model, mean_squared_error<float>, optimizer};`, or `"mse"` instead.
  Trainer(Layer<T>& model, std::type_identity_t<Loss<T>> loss, Optimizer<T>& optimizer)
      : Trainer(model, make_layer_loss(model, std::move(loss)), optimizer) {}

  /// With a loss of one's own from all that a batch has; `predict` still calls the model.
  Trainer(Layer<T>& model, std::type_identity_t<BatchLoss<T>> loss, Optimizer<T>& optimizer)
      : model_(model), optimizer_(optimizer), loss_(std::move(loss)) {}

  template <std::derived_from<Callback<T>> C>
  Trainer& add(C callback) {
    callbacks_.push_back(std::make_unique<C>(std::move(callback)));
    called_.push_back(callbacks_.back().get());
    return *this;
  }

  /// What `fit` and `evaluate` measure beside the loss, under the metric's name.
  /// @throws ArgumentError if the name is taken
  template <MetricOf<T> M>
  Trainer& add_metric(M metric) {
    using Own = detail::OwnMetric<T, M>;
    using Added = std::conditional_t<std::derived_from<M, Metric<T>>, M, Own>;
    return add_metric(std::make_unique<Added>(std::move(metric)));
  }

  /// One by name: `trainer.add_metric(make_metric<float>("mse"))`.
  Trainer& add_metric(std::unique_ptr<Metric<T>> metric) {
    measures_.add(std::move(metric));
    return *this;
  }

  /// Trains, after building what is not built. One step is: reset the tape, zero the gradients,
  /// record loss and penalties, backward, optimizer. States of a stateful model are carried on,
  /// also from epoch to epoch, and need `.shuffle = false` (except with `tbptt_steps`).
  ///
  /// With a communicator all ranks train the same model, each on its parts of every batch, from the
  /// weights of the first rank.
  ///
  /// @throws ArgumentError for options out of range, or if a part of the split would be empty
  /// @throws ShapeError    for weights or sequences that do not fit
  /// @throws StateError    naming the rank, if ranks differ or one of them has failed
  History fit(const Dataset<T>& data, const FitOptions<T>& options = {});

  /// The mean loss with penalties, as `loss`, and metrics, without training.
  /// @throws StateError if the model is not built
  Logs evaluate(const Dataset<T>& data, const InferenceOptions& options = {});

  /// The model's outputs for all inputs. @return [samples, ..]
  /// @throws StateError if the model is not built
  Tensor<T> predict(const Dataset<T>& data, const InferenceOptions& options = {});

  /// The run of `fit` ends after the present batch or epoch.
  void stop() { stopped_ = true; }

  [[nodiscard]] bool stopped() const { return stopped_; }

  /// The run of `fit` ends after the present batch, without validation and without the end of its
  /// epoch: the history does not get it.
  void interrupt() { interrupted_ = stopped_ = true; }

  /// Whether the last `fit` was left in the middle of an epoch.
  [[nodiscard]] bool interrupted() const { return interrupted_; }

  [[nodiscard]] Layer<T>& model() { return model_; }

  [[nodiscard]] Optimizer<T>& optimizer() { return optimizer_; }

  /// Of the last `fit`; without the epoch that has not ended yet.
  [[nodiscard]] const History& history() const { return history_; }

  [[nodiscard]] const FitPlan& plan() const { return plan_; }

  [[nodiscard]] const FitProgress& progress() const { return progress_; }

  /// The pass of the last training batch, until the next one begins.
  [[nodiscard]] Tape<T>& tape() { return tape_; }

  /// The ranks of the `fit` that runs; without a communicator this process alone.
  [[nodiscard]] Communicator& communicator() const { return *ranks_; }

  /// The signal that should end the run, on whichever rank it came; 0: none.
  [[nodiscard]] int signal() const;

  /// Whether a larger value is a better one: losses fall, a metric may say it; `val_` is ignored.
  [[nodiscard]] std::optional<bool> rises(std::string_view name) const;

  /// Shows how far a run is, its sums, its history and the state of its callbacks. While `fit`
  /// runs; what is changed takes effect in `Callback::resume`.
  void visit_state(RunStateVisitor<T>& visitor);

 private:
  /// One call of fit.
  struct Run {
    BatchLoader<T>& training;
    BatchLoader<T>* validation = nullptr;
    std::size_t batches = 0;  // of an epoch
    std::size_t validation_batches = 0;
  };

  void visit_position(RunStateVisitor<T>& visitor);
  [[nodiscard]] RunBounds bounds() const;
  void build(const Dataset<T>& data, std::uint64_t seed);
  void check_states(const FitOptions<T>& options) const;
  void check_built(const char* method) const;
  void cut_sequences(const SampleLayout& layout,
                     std::size_t batch,
                     std::optional<std::size_t> steps);
  History fit_parts(const Dataset<T>& training,
                    const Dataset<T>* validation,
                    const FitOptions<T>& options);
  void prepare(Run& run, const Dataset<T>& training, const FitOptions<T>& options);
  void meet_ranks(const Run& run, const FitOptions<T>& options);
  void begin_run(const Run& run);
  void run(const Run& run);
  void run_epoch(const Run& run);
  void train_epoch(const Run& run);
  void warn(std::size_t epoch);
  void train_batch(const Batch<T>& batch, std::size_t samples);
  bool train_step(const Batch<T>& batch, double share);
  void test(BatchLoader<T>& loader, std::size_t batches);
  void test_batch(const Batch<T>& batch, std::size_t samples);

  // For batches that are cut in shards (trainer_shards.cpp).
  void cut_batches(const FitOptions<T>& options, std::size_t samples);
  void train_in_shards(const Batch<T>& part, std::size_t samples);
  void test_in_shards(const Batch<T>& part, std::size_t samples);
  template <class Step>
  void for_each_shared_chunk(const Batch<T>& part, Step step);
  [[nodiscard]] Batch<T> shard_batch(std::size_t shard, std::optional<std::size_t> chunk);
  bool train_shards(std::optional<std::size_t> chunk, double share);
  void test_shards(std::optional<std::size_t> chunk, double share);
  void measure_shard(std::size_t shard,
                     const Batch<T>& batch,
                     const BatchResult<T>& result,
                     const Variable<T>& loss);
  detail::ShardSums share_measures(double share);

  template <class Step>
  void for_each_chunk(const Batch<T>& batch, Step step);
  void begin_sequences(std::size_t samples);

  /// What a run tells once, at the end of the first epoch where it happens.
  struct Warnings {
    bool wanted = true;
    bool loss_seen = false;
    std::string doubtful_loss = {};
    bool all_masked = false;  // a batch without a valid step
    bool all_masked_told = false;
    bool not_finite_told = false;
  };

  /// Calls a hook of all callbacks in their order.
  template <class... Parameters, class... Args>
  void each(void (Callback<T>::*hook)(Parameters...), Args&&... args) {
    for (Callback<T>* callback : called_) {
      if (ranks_->is_first() || !callback->only_writes()) {
        (callback->*hook)(args...);
      }
    }
  }

  Layer<T>& model_;
  Optimizer<T>& optimizer_;
  BatchLoss<T> loss_;
  std::vector<std::unique_ptr<Callback<T>>> callbacks_;
  std::vector<Callback<T>*> called_;  // those and the progress bar of a fit
  detail::Measures<T> measures_;
  Tape<T> tape_;
  Tape<T> inference_{{.recording = false}};
  std::optional<detail::SequenceChunks<T>> chunks_;
  std::vector<Tensor<T>*> carried_;  // with chunks: what is zero at the start of a sequence
  std::size_t carried_samples_ = 0;
  SingleProcess alone_;
  Communicator* ranks_ = &alone_;
  std::shared_ptr<detail::Shards<T>> shards_;  // null: batches are not cut
  std::vector<double> chunk_steps_;            // valid steps of each chunk of a batch
  History history_;
  FitPlan plan_;
  FitProgress progress_;
  LoaderPosition position_;  // of the next batch
  std::size_t round_ = 0;    // batches of the data
  detail::RunIdentity identity_;
  Logs logs_;
  Logs batch_logs_;
  Warnings warnings_;
  bool stopped_ = false;
  bool interrupted_ = false;
};

}  // namespace rondo
