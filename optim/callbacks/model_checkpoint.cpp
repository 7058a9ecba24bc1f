#include "rondo/optim/callbacks/model_checkpoint.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/optim/checkpoint.hpp"
#include "rondo/optim/detail/path_template.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder.empty() ? "." : folder, error);
  if (error) {
    throw_format_error("ModelCheckpoint", fmt::format("{}: {}", folder.string(), error.message()));
  }
}

}  // namespace

template <Real T>
ModelCheckpoint<T>::ModelCheckpoint(ModelCheckpointOptions options)
    : options_(std::move(options)),
      monitor_("ModelCheckpoint", options_.monitor, options_.mode, 0.0) {
  if (options_.path.empty()) {
    throw_argument_error("ModelCheckpoint", "path is empty");
  }
  if (options_.save_freq == std::size_t{0}) {
    throw_argument_error("ModelCheckpoint", "save_freq must be positive, got 0");
  }
  if (options_.initial_value_threshold && !options_.save_best_only) {
    throw_argument_error("ModelCheckpoint", "initial_value_threshold needs save_best_only");
  }
}

/// As in Keras a folder is made when it is needed; one that has no numbers of the run in its name
/// before the first epoch, so that what cannot be written costs none.
template <Real T>
void ModelCheckpoint<T>::on_train_begin(Trainer<T>&) {
  const auto folder = std::filesystem::path(options_.path).parent_path();
  if (folder.string().find('{') == std::string::npos) {
    make_folder(folder);
  }
  best_ = options_.initial_value_threshold;
  batches_ = 0;
}

template <Real T>
bool ModelCheckpoint<T>::is_best(const Trainer<T>& trainer, std::size_t epoch, const Logs& logs) {
  if (!options_.save_best_only) {
    return true;
  }
  const auto value = monitor_.value(trainer, epoch, logs);
  if (!value || !monitor_.improved(trainer, *value, best_)) {
    return false;
  }
  best_ = value;
  return true;
}

template <Real T>
void ModelCheckpoint<T>::save(Trainer<T>& trainer, std::size_t batch, const Logs& logs) {
  const std::size_t epoch = trainer.progress().epoch;
  if (!is_best(trainer, epoch, logs)) {
    return;
  }
  const auto path = detail::fill_path("ModelCheckpoint", options_.path, epoch + 1, batch, logs);
  make_folder(path.parent_path());
  if (options_.save_weights_only) {
    save_weights(path, trainer.model().weights());
  } else {
    save_checkpoint(path, trainer.model(), trainer.optimizer());
  }
}

template <Real T>
void ModelCheckpoint<T>::on_train_batch_end(Trainer<T>& trainer,
                                            std::size_t batch,
                                            const Logs& logs) {
  if (options_.save_freq && ++batches_ >= *options_.save_freq) {
    batches_ = 0;
    save(trainer, batch + 1, logs);
  }
}

template <Real T>
void ModelCheckpoint<T>::on_epoch_end(Trainer<T>& trainer, std::size_t, Logs& logs) {
  if (!options_.save_freq) {
    save(trainer, trainer.progress().batch, logs);
  }
}

template <Real T>
void ModelCheckpoint<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit_optional("best", best_);
  visitor.visit_count("batches", batches_, visitor.bounds().batches);
}

template class ModelCheckpoint<float>;
template class ModelCheckpoint<double>;

}  // namespace rondo
