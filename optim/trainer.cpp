#include "rondo/optim/trainer.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/model_state.hpp"

namespace rondo {

namespace {

/// The mean of batch losses, each weighted with its number of samples.
class MeanLoss {
 public:
  void add(double loss, std::size_t samples) {
    sum_ += loss * static_cast<double>(samples);
    samples_ += samples;
  }

  [[nodiscard]] double mean() const { return sum_ / static_cast<double>(samples_); }

 private:
  double sum_ = 0.0;
  std::size_t samples_ = 0;
};

std::optional<bool> draws_bar(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::bar:
      return true;
    case Verbosity::lines:
      return false;
    case Verbosity::automatic:
    case Verbosity::quiet:
      break;
  }
  return std::nullopt;
}

}  // namespace

template <Real T>
void Trainer<T>::check_options(const FitOptions<T>& o) const {
  const auto refuse = [](const std::string& problem) { throw_argument_error("Trainer", problem); };
  if (o.initial_epoch >= o.epochs) {
    refuse(fmt::format(
        "epochs must lie above initial_epoch, got {} and {}", o.epochs, o.initial_epoch));
  }
  if (!(o.validation_split >= 0.0 && o.validation_split < 1.0)) {
    refuse(fmt::format("validation_split must lie in [0, 1), got {}", o.validation_split));
  }
  if (o.validation_split > 0.0 && o.validation_data != nullptr) {
    refuse("validation_split and validation_data exclude one another");
  }
}

template <Real T>
void Trainer<T>::check_order_is_kept(const FitOptions<T>& options) const {
  if (options.shuffle && !detail::state_of(model_).tensors.empty()) {
    throw_argument_error("Trainer",
                         "a stateful model needs its samples in their order: set shuffle to false");
  }
}

template <Real T>
void Trainer<T>::build(const Dataset<T>& data, std::uint64_t seed) {
  if (!model_.built()) {
    model_.build(data.layout().inputs, seed);
  }
  if (!optimizer_.built()) {
    optimizer_.build(model_.weights());
  }
}

template <Real T>
void Trainer<T>::check_built(const char* method) const {
  if (!model_.built()) {
    throw_state_error("Trainer", fmt::format("{}: the model is not built: call fit first", method));
  }
}

template <Real T>
typename Trainer<T>::Callbacks Trainer<T>::added() const {
  Callbacks result;
  for (const auto& callback : callbacks_) {
    result.push_back(callback.get());
  }
  return result;
}

template <Real T>
History Trainer<T>::fit(const Dataset<T>& data, const FitOptions<T>& options) {
  check_options(options);
  if (options.validation_split > 0.0) {
    const auto parts = split_for_validation(data, options.validation_split);
    return fit_parts(parts.training, &parts.validation, options);
  }
  return fit_parts(data, options.validation_data, options);
}

template <Real T>
History Trainer<T>::fit_parts(const Dataset<T>& training,
                              const Dataset<T>* validation,
                              const FitOptions<T>& options) {
  BatchLoader<T> loader(training,
                        {.batch_size = options.batch_size,
                         .shuffle = options.shuffle,
                         .last_batch = options.last_batch,
                         .seed = options.seed});
  loader.seek({.epoch = options.initial_epoch});
  std::optional<BatchLoader<T>> validation_loader;
  if (validation != nullptr) {
    validation_loader.emplace(*validation, BatchLoaderOptions{.batch_size = options.batch_size});
  }
  build(training, options.seed);
  check_order_is_kept(options);
  Callbacks callbacks = added();
  ProgressBar<T> progress({.terminal = draws_bar(options.verbose)});
  const bool has_progress = std::any_of(callbacks.begin(), callbacks.end(), [](auto* callback) {
    return dynamic_cast<ProgressBar<T>*>(callback) != nullptr;
  });
  if (options.verbose != Verbosity::quiet && !has_progress) {
    callbacks.push_back(&progress);
  }
  const std::size_t batches = loader.num_batches();
  plan_ = {.first_epoch = options.initial_epoch,
           .epochs = options.epochs,
           .batch_size = options.batch_size,
           .batches = batches,
           .samples = std::min(training.size(), batches * options.batch_size)};
  run(loader, validation_loader ? &*validation_loader : nullptr, callbacks);
  return history_;
}

template <Real T>
void Trainer<T>::run(BatchLoader<T>& training,
                     BatchLoader<T>* validation,
                     const Callbacks& callbacks) {
  history_ = {};
  stopped_ = false;
  Logs logs;
  for (Callback<T>* callback : callbacks) {
    callback->on_train_begin(*this);
  }
  for (std::size_t epoch = plan_.first_epoch; epoch < plan_.epochs && !stopped_; ++epoch) {
    for (Callback<T>* callback : callbacks) {
      callback->on_epoch_begin(*this, epoch);
    }
    logs.clear();
    logs.set("loss", train_epoch(training, callbacks));
    if (validation != nullptr) {
      logs.set("val_loss", test(*validation, callbacks));
    }
    for (Callback<T>* callback : callbacks) {
      callback->on_epoch_end(*this, epoch, logs);
    }
    history_.add(epoch, logs);
  }
  for (Callback<T>* callback : callbacks) {
    callback->on_train_end(*this, logs);
  }
  optimizer_.finalize();
}

template <Real T>
double Trainer<T>::train_epoch(BatchLoader<T>& loader, const Callbacks& callbacks) {
  MeanLoss loss;
  for (std::size_t i = 0; const auto batch = loader.next(); ++i) {
    for (Callback<T>* callback : callbacks) {
      callback->on_train_batch_begin(*this, i);
    }
    loss.add(train_step(*batch), batch->inputs.shape()[0]);
    batch_logs_.set("loss", loss.mean());
    for (Callback<T>* callback : callbacks) {
      callback->on_train_batch_end(*this, i, batch_logs_);
    }
    if (stopped_) {
      break;
    }
  }
  return loss.mean();
}

template <Real T>
double Trainer<T>::train_step(const Batch<T>& batch) {
  tape_.reset();
  optimizer_.zero_grad();
  const Variable<T> loss = total_loss(loss_(tape_, batch, {.training = true, .mask = batch.mask}));
  tape_.backward(optimizer_.scale_loss(loss));
  const auto value = static_cast<double>(loss.item());
  optimizer_.step();
  return value;
}

template <Real T>
double Trainer<T>::test(BatchLoader<T>& loader, const Callbacks& callbacks) {
  MeanLoss loss;
  Logs logs;
  for (Callback<T>* callback : callbacks) {
    callback->on_test_begin(*this);
  }
  for (std::size_t i = 0; const auto batch = loader.next(); ++i) {
    for (Callback<T>* callback : callbacks) {
      callback->on_test_batch_begin(*this, i);
    }
    inference_.reset();
    const Variable<T> value = total_loss(loss_(inference_, *batch, {.mask = batch->mask}));
    loss.add(static_cast<double>(value.item()), batch->inputs.shape()[0]);
    logs.set("loss", loss.mean());
    for (Callback<T>* callback : callbacks) {
      callback->on_test_batch_end(*this, i, logs);
    }
  }
  for (Callback<T>* callback : callbacks) {
    callback->on_test_end(*this, logs);
  }
  return loss.mean();
}

template <Real T>
Logs Trainer<T>::evaluate(const Dataset<T>& data, const InferenceOptions& options) {
  check_built("evaluate");
  BatchLoader<T> loader(data, {.batch_size = options.batch_size});
  Logs logs;
  logs.set("loss", test(loader, added()));
  return logs;
}

template <Real T>
Tensor<T> Trainer<T>::predict(const Dataset<T>& data, const InferenceOptions& options) {
  check_built("predict");
  if (!data.layout().extra_inputs.empty()) {
    throw_argument_error("Trainer", "predict: extra_inputs are not available: call the model");
  }
  BatchLoader<T> loader(data, {.batch_size = options.batch_size});
  Tensor<T> result(model_.output_shape(data.layout().inputs).insert(0, data.size()));
  T* row = result.data();
  while (const auto batch = loader.next()) {
    inference_.reset();
    const auto output = model_(inference_.borrow(batch->inputs), {.mask = batch->mask}).value();
    const Shape expected = result.shape().with_dim(0, batch->inputs.shape()[0]);
    if (output.shape() != expected) {
      throw_shape_error("Trainer",
                        "predict: the model's output is not what its output_shape says",
                        {{"output", output.shape()}, {"expected", expected}});
    }
    row = std::copy(output.begin(), output.end(), row);
  }
  return result;
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace rondo
