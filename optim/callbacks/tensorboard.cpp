#include "rondo/optim/callbacks/tensorboard.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/event_file.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

double system_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <class T>
void add_histogram(EventFile& file, const std::string& tag, std::size_t epoch, TensorView<T> view) {
  const std::vector<double> values(view.begin(), view.end());
  file.histogram(tag, static_cast<std::int64_t>(epoch), values);
}

}  // namespace

template <Real T>
TensorBoard<T>::TensorBoard(TensorBoardOptions options) : options_(std::move(options)) {
  if (options_.update_freq == std::size_t{0}) {
    throw_argument_error("TensorBoard", "update_freq must be positive, got 0");
  }
  if (options_.write_grads && options_.histogram_freq == 0) {
    throw_argument_error("TensorBoard", "write_grads needs histogram_freq");
  }
  if (!options_.clock) {
    options_.clock = system_seconds;
  }
}

template <Real T>
TensorBoard<T>::TensorBoard(TensorBoard&&) noexcept = default;

template <Real T>
TensorBoard<T>& TensorBoard<T>::operator=(TensorBoard&&) noexcept = default;

template <Real T>
TensorBoard<T>::~TensorBoard() = default;

/// Writes to the files, unless they failed before: a record may then be there in part.
template <Real T>
template <class Write>
void TensorBoard<T>::record(Write write) {
  if (train_ != nullptr && !detail::write_aside(options_.out, failed_, write)) {
    release();
  }
}

template <Real T>
void TensorBoard<T>::on_train_begin(Trainer<T>&) {
  batches_ = 0;
  failed_ = false;
  detail::write_aside(options_.out, failed_, [&] {
    train_ = std::make_unique<EventFile>(options_.log_dir / "train", options_.clock);
  });
}

template <Real T>
EventFile& TensorBoard<T>::validation() {
  if (validation_ == nullptr) {
    validation_ = std::make_unique<EventFile>(options_.log_dir / "validation", options_.clock);
  }
  return *validation_;
}

template <Real T>
void TensorBoard<T>::on_train_batch_end(Trainer<T>&, std::size_t, const Logs& logs) {
  ++batches_;
  if (!options_.update_freq || batches_ % *options_.update_freq != 0) {
    return;
  }
  record([&] {
    for (const Logs::Entry& entry : logs.entries()) {
      train_->scalar("batch_" + entry.name,
                     static_cast<std::int64_t>(batches_),
                     static_cast<float>(entry.value));
    }
  });
}

/// Also called by `evaluate`, outside of a run.
template <Real T>
void TensorBoard<T>::on_test_end(Trainer<T>& trainer, const Logs& logs) {
  record([&] {
    for (const Logs::Entry& entry : logs.entries()) {
      validation().scalar("evaluation_" + entry.name + "_vs_iterations",
                          static_cast<std::int64_t>(trainer.optimizer().iterations()),
                          static_cast<float>(entry.value));
    }
  });
}

template <Real T>
void TensorBoard<T>::on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) {
  record([&] { write_epoch(trainer, epoch, logs); });
}

template <Real T>
void TensorBoard<T>::write_epoch(Trainer<T>& trainer, std::size_t epoch, const Logs& logs) {
  const auto step = static_cast<std::int64_t>(epoch);
  for (const Logs::Entry& entry : logs.entries()) {
    const bool validates = entry.name.starts_with("val_");
    EventFile& file = validates ? validation() : *train_;
    file.scalar(
        "epoch_" + entry.name.substr(validates ? 4 : 0), step, static_cast<float>(entry.value));
  }
  if (!logs.find("learning_rate")) {
    train_->scalar(
        "epoch_learning_rate", step, static_cast<float>(trainer.optimizer().learning_rate()));
  }
  if (options_.histogram_freq > 0 && epoch % options_.histogram_freq == 0) {
    write_histograms(trainer, epoch);
  }
  train_->flush();
  if (validation_ != nullptr) {
    validation_->flush();
  }
}

template <Real T>
void TensorBoard<T>::write_histograms(Trainer<T>& trainer, std::size_t epoch) {
  for (const Parameter<T>* const weight : trainer.model().weights()) {
    add_histogram(*train_, weight->path() + "/histogram", epoch, weight->value());
    if (options_.write_grads) {
      add_histogram(*train_, weight->path() + "/gradient", epoch, weight->grad());
    }
  }
}

template <Real T>
void TensorBoard<T>::release() {
  train_.reset();
  validation_.reset();
}

template <Real T>
void TensorBoard<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit("batches", batches_);
}

template class TensorBoard<float>;
template class TensorBoard<double>;

}  // namespace rondo
