/// Lets a run go on where it was when the program ended, for whatever reason.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rondo/optim/callback.hpp"

namespace rondo {

namespace detail {
class InterruptGuard;
}  // namespace detail

struct BackupAndRestoreOptions {
  /// A folder of this run's own; made if it does not exist.
  std::filesystem::path backup_dir = {};
  /// Batches between two backups, counted across epochs; none: at the end of each epoch.
  std::optional<std::size_t> save_freq = {};
  /// Keep the backup before the last one too, and go on from it if the last one is damaged.
  bool double_checkpoint = false;
  /// Remove the backup when training has ended.
  bool delete_checkpoint = true;
  /// Ctrl-C (SIGINT), SIGTERM and SIGHUP end the run after the present step, with a backup. The
  /// previous handlers come back with the first of these signals, and in any case when `fit` ends;
  /// a signal that is ignored stays so.
  bool save_on_interrupt = false;
  /// Advice to the user, printed then.
  std::string how_to_resume = "run the same program again to go on";
  /// Gets the signal, when the backup is there.
  std::function<void(int)> on_interrupt = {};
  /// Stream for these messages; not closed.
  std::FILE* out = stderr;
};

/// The run goes on bit by bit: weights, optimizer, order and position of the data, random streams,
/// carried states, running sums, the history, and what callbacks count. Files are replaced as a
/// whole: whenever the program ends, a good one is there.
///
///   Trainer trainer{model, mean_squared_error<float>, optimizer};
///   trainer.add(BackupAndRestore<float>({.backup_dir = "backup", .save_freq = 100}));
///   trainer.fit(data, {.epochs = 50});  // run the program again after a crash
template <Real T = float>
class BackupAndRestore : public Callback<T> {
 public:
  /// @throws ArgumentError for options out of range
  explicit BackupAndRestore(BackupAndRestoreOptions options);  // is an option misspelt?
  BackupAndRestore(BackupAndRestore&&) noexcept;
  BackupAndRestore& operator=(BackupAndRestore&&) noexcept;
  ~BackupAndRestore() override;

  /// @throws FormatError if the folder cannot be made or written to
  void on_train_begin(Trainer<T>& trainer) override;

  /// @throws FormatError if the backup is damaged, or that of another model or run
  void resume(Trainer<T>& trainer) override;
  void after_train_batch(Trainer<T>& trainer) override;
  void after_epoch(Trainer<T>& trainer) override;
  void on_train_end(Trainer<T>& trainer, const Logs& logs) override;
  void release() override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "backup_and_restore"; }

  /// `<backup_dir>/training.safetensors`
  [[nodiscard]] std::filesystem::path path() const;

  /// `<backup_dir>/previous.safetensors`
  [[nodiscard]] std::filesystem::path previous_path() const;

 private:
  void save(Trainer<T>& trainer);
  void tell_interrupted(const Trainer<T>& trainer) const;
  void load(Trainer<T>& trainer, const std::filesystem::path& file);

  BackupAndRestoreOptions options_;
  std::uint64_t batches_ = 0;  // since the last backup
  std::unique_ptr<detail::InterruptGuard> guard_;
};

}  // namespace rondo
