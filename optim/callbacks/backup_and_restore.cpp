#include "rondo/optim/callbacks/backup_and_restore.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/machine.hpp"
#include "rondo/optim/checkpoint.hpp"
#include "rondo/optim/detail/interrupt_guard.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
  throw_format_error("BackupAndRestore", fmt::format("{}: {}", path.string(), error.message()));
}

}  // namespace

template <Real T>
BackupAndRestore<T>::BackupAndRestore(BackupAndRestoreOptions options)
    : options_(std::move(options)) {
  if (options_.backup_dir.empty()) {
    throw_argument_error("BackupAndRestore", "backup_dir is empty");
  }
  if (options_.save_freq == std::size_t{0}) {
    throw_argument_error("BackupAndRestore", "save_freq must be positive, got 0");
  }
}

template <Real T>
BackupAndRestore<T>::BackupAndRestore(BackupAndRestore&&) noexcept = default;

template <Real T>
BackupAndRestore<T>& BackupAndRestore<T>::operator=(BackupAndRestore&&) noexcept = default;

template <Real T>
BackupAndRestore<T>::~BackupAndRestore() = default;

template <Real T>
fs::path BackupAndRestore<T>::path() const {
  return options_.backup_dir / "training.safetensors";
}

template <Real T>
fs::path BackupAndRestore<T>::previous_path() const {
  return options_.backup_dir / "previous.safetensors";
}

template <Real T>
void BackupAndRestore<T>::on_train_begin(Trainer<T>& trainer) {
  batches_ = 0;
  const Communicator& ranks = trainer.communicator();
  if (ranks.is_first()) {
    std::error_code error;
    fs::create_directories(options_.backup_dir, error);
    if (error) {
      fail(options_.backup_dir, error);
    }
  }
  if (options_.save_on_interrupt && (ranks.is_first() || ranks.owns_process())) {
    guard_ = std::make_unique<detail::InterruptGuard>();
  }
}

template <Real T>
void BackupAndRestore<T>::load(Trainer<T>& trainer, const fs::path& file) {
  const std::string machine = load_checkpoint(file, trainer);
  if (!trainer.communicator().is_first()) {
    return;
  }
  const FitProgress& progress = trainer.progress();
  detail::tell(options_.out,
               "Going on from {}: epoch {}, batch {}\n",
               file.string(),
               progress.epoch + 1,
               progress.batch);
  if (machine != machine_name()) {
    detail::tell(options_.out,
                 "It was made with {}, here is {}: last digits may differ\n",
                 machine.empty() ? "another version" : machine,
                 machine_name());
  }
}

template <Real T>
void BackupAndRestore<T>::resume(Trainer<T>& trainer) {
  const bool has_previous = options_.double_checkpoint && fs::exists(previous_path());
  if (!fs::exists(path())) {
    if (has_previous) {
      load(trainer, previous_path());
    }
    return;
  }
  try {
    load(trainer, path());
  } catch (const FormatError& error) {
    if (!has_previous) {
      throw;
    }
    if (trainer.communicator().is_first()) {
      detail::tell(options_.out, "{}\n", error.what());
    }
    load(trainer, previous_path());
  }
}

template <Real T>
void BackupAndRestore<T>::save(Trainer<T>& trainer) {
  batches_ = 0;
  if (!trainer.communicator().is_first()) {
    return;
  }
  std::error_code error;
  if (options_.double_checkpoint && fs::exists(path())) {
    // A second name for the old file, which save_checkpoint then replaces under its first one.
    fs::remove(previous_path(), error);
    fs::create_hard_link(path(), previous_path(), error);
    if (error) {
      fail(previous_path(), error);
    }
  }
  save_checkpoint(path(), trainer);
}

template <Real T>
void BackupAndRestore<T>::tell_interrupted(const Trainer<T>& trainer) const {
  if (trainer.communicator().is_first()) {
    detail::tell(options_.out,
                 "\nInterrupted after batch {} of epoch {}, saved in {}: {}\n",
                 trainer.progress().batch,
                 trainer.progress().epoch + 1,
                 path().string(),
                 options_.how_to_resume);
  }
}

template <Real T>
void BackupAndRestore<T>::after_train_batch(Trainer<T>& trainer) {
  ++batches_;
  const int signal = options_.save_on_interrupt ? trainer.signal() : 0;
  if (signal == 0 && !(options_.save_freq && batches_ >= *options_.save_freq)) {
    return;
  }
  save(trainer);
  if (signal != 0) {
    tell_interrupted(trainer);
    trainer.interrupt();
    if (options_.on_interrupt) {
      options_.on_interrupt(signal);
    }
  }
}

template <Real T>
void BackupAndRestore<T>::after_epoch(Trainer<T>& trainer) {
  if (!options_.save_freq) {
    save(trainer);
  }
}

template <Real T>
void BackupAndRestore<T>::on_train_end(Trainer<T>& trainer, const Logs&) {
  const bool first = trainer.communicator().is_first();
  if (first && options_.delete_checkpoint && !trainer.interrupted()) {
    std::error_code ignored;  // a file that stays does no harm to a finished run
    fs::remove(path(), ignored);
    fs::remove(previous_path(), ignored);
    fs::remove(options_.backup_dir, ignored);  // unless it holds something else
  }
}

template <Real T>
void BackupAndRestore<T>::release() {
  guard_.reset();
}

template <Real T>
void BackupAndRestore<T>::visit_state(RunStateVisitor<T>& visitor) {
  visitor.visit_count("batches", batches_, visitor.bounds().batches);
}

template class BackupAndRestore<float>;
template class BackupAndRestore<double>;

}  // namespace rondo
