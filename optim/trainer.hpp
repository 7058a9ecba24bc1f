/// The training loop for people who do not want to write it (D22). It uses only public calls: a
/// loop written by hand can do everything it does (optim/README.md).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/data/batch_loader.hpp"
#include "rondo/layers/layer.hpp"
#include "rondo/optim/callback.hpp"
#include "rondo/optim/layer_loss.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

/// What `fit` tells on stderr.
enum class Verbosity {
  automatic,  ///< a progress bar on a terminal, otherwise one line per epoch
  quiet,      ///< nothing
  bar,        ///< a progress bar
  lines,      ///< one line per epoch
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
  /// Another order of the training samples in each epoch.
  bool shuffle = true;
  /// Validates each epoch; excludes validation_split.
  const Dataset<T>* validation_data = nullptr;
  /// Of the weights, if the model is not built yet, and of the shuffling.
  std::uint64_t seed = 0;
  /// Where to begin, counted from 0: a run that continues another one shuffles as that would have.
  std::size_t initial_epoch = 0;
  /// What happens to training samples that do not fill a batch.
  LastBatch last_batch = LastBatch::keep;
};

struct InferenceOptions {
  std::size_t batch_size = 32;
};

/// The size of a run, for callbacks.
struct FitPlan {
  std::size_t first_epoch = 0;
  std::size_t epochs = 0;
  std::size_t batch_size = 0;
  std::size_t batches = 0;  // per epoch
  std::size_t samples = 0;  // per epoch
};

/// Model, loss and optimizer must outlive the trainer.
template <Real T = float>
class Trainer {
 public:
  /// `Trainer trainer{model, mean_squared_error<float>, optimizer};`
  Trainer(Layer<T>& model, std::type_identity_t<Loss<T>> loss, Optimizer<T>& optimizer)
      : Trainer(model, make_layer_loss(model, std::move(loss)), optimizer) {}

  /// With a loss of one's own from all that a batch has; `predict` still calls the model.
  Trainer(Layer<T>& model, std::type_identity_t<BatchLoss<T>> loss, Optimizer<T>& optimizer)
      : model_(model), optimizer_(optimizer), loss_(std::move(loss)) {}

  template <std::derived_from<Callback<T>> C>
  Trainer& add(C callback) {
    callbacks_.push_back(std::make_unique<C>(std::move(callback)));
    return *this;
  }

  /// Trains, after building what is not built. One step is: reset the tape, zero the gradients,
  /// record loss and penalties, backward, optimizer. States of a stateful model are carried on,
  /// also from epoch to epoch, and need `.shuffle = false`.
  ///
  /// @throws ArgumentError for options out of range, or if a part of the split would be empty
  History fit(const Dataset<T>& data, const FitOptions<T>& options = {});

  /// The mean loss with penalties, as `loss`, without training.
  /// @throws StateError if the model is not built
  Logs evaluate(const Dataset<T>& data, const InferenceOptions& options = {});

  /// The model's outputs for all inputs. @return [samples, ..]
  /// @throws StateError if the model is not built
  Tensor<T> predict(const Dataset<T>& data, const InferenceOptions& options = {});

  /// The run of `fit` ends after the present batch or epoch.
  void stop() { stopped_ = true; }

  [[nodiscard]] bool stopped() const { return stopped_; }

  [[nodiscard]] Layer<T>& model() { return model_; }

  [[nodiscard]] Optimizer<T>& optimizer() { return optimizer_; }

  /// Of the last `fit`; without the epoch that has not ended yet.
  [[nodiscard]] const History& history() const { return history_; }

  [[nodiscard]] const FitPlan& plan() const { return plan_; }

 private:
  using Callbacks = std::vector<Callback<T>*>;

  void check_options(const FitOptions<T>& options) const;
  void build(const Dataset<T>& data, std::uint64_t seed);
  void check_order_is_kept(const FitOptions<T>& options) const;
  void check_built(const char* method) const;
  [[nodiscard]] Callbacks added() const;
  void run(BatchLoader<T>& training, BatchLoader<T>* validation, const Callbacks& callbacks);
  double train_epoch(BatchLoader<T>& loader, const Callbacks& callbacks);
  double train_step(const Batch<T>& batch);
  double test(BatchLoader<T>& loader, const Callbacks& callbacks);
  History fit_parts(const Dataset<T>& training,
                    const Dataset<T>* validation,
                    const FitOptions<T>& options);

  Layer<T>& model_;
  Optimizer<T>& optimizer_;
  BatchLoss<T> loss_;
  std::vector<std::unique_ptr<Callback<T>>> callbacks_;
  Tape<T> tape_;
  Tape<T> inference_{{.recording = false}};
  History history_;
  FitPlan plan_;
  Logs batch_logs_;
  bool stopped_ = false;
};

}  // namespace rondo
