#include "rondo/apps/run_folder.hpp"

#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "rondo/apps/shell.hpp"
#include "rondo/apps/tensorboard.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/optim/callbacks/backup_and_restore.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/history_plot.hpp"
#include "rondo/optim/callbacks/model_checkpoint.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

/// The files that a run reads.
std::vector<std::string> inputs_of(const RunDescription& run) {
  if (run.kind() == DataKind::text) {
    return {run.text};
  }
  std::vector<std::string> files = csv_files(run.csv);
  files.push_back(run.future);
  return files;
}

/// A path without places to fill, as ModelCheckpoint reads it.
std::string literal(const std::string& path) {
  std::string result;
  for (const char c : path) {
    result += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  }
  return result;
}

[[noreturn]] void refuse_to_resume(const std::string& out) {
  throw_argument_error("train",
                       fmt::format("--resume: {} holds no interrupted run: give the folder of one, "
                                   "which all machines must share",
                                   out));
}

/// Refuses to go on with other data than those of the interrupted run.
class SameData : public Callback<float> {
 public:
  explicit SameData(std::string checksum) : checksum_(std::move(checksum)) {}

  void visit_state(RunStateVisitor<float>& visitor) override {
    visitor.check_same("checksum", checksum_);
  }

  [[nodiscard]] std::string state_name() const override { return "training_data"; }

 private:
  std::string checksum_;
};

/// Makes the folder that of this run: when everything is checked, and before the first result.
class BeginResults : public Callback<float> {
 public:
  BeginResults(const ResultFolder& folder, std::string description, bool resume)
      : folder_(folder), description_(std::move(description)), resume_(resume) {}

  void resume(Trainer<float>& trainer) override {
    const FitProgress& progress = trainer.progress();
    const std::size_t begun = progress.epoch + (progress.batch > 0 ? 1 : 0);
    if (begun > trainer.plan().epochs) {
      throw_argument_error("train",
                           fmt::format("--resume: the run has begun its epoch {}, --epochs {} is "
                                       "too few",
                                       begun,
                                       trainer.plan().epochs));
    }
    if (resume_) {
      folder_.remove_model();  // which may be there, of fewer epochs
    } else {
      folder_.remove_results();
    }
    write_text(folder_.path("run.json"), description_);
  }

 private:
  const ResultFolder& folder_;
  std::string description_;
  bool resume_;
};

}  // namespace

/// FNV-1a (Fowler, Noll and Vo), 64 bits.
std::string checksum_of(std::span<const std::byte> data) {
  std::uint64_t hash = 14695981039346656037U;
  for (const std::byte byte : data) {
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 1099511628211U;
  }
  return fmt::format("{:016x}", hash);
}

RunFolder::RunFolder(
    const RunDescription& run, std::string checksum, bool resume, bool writes, const char* command)
    : run_(run), checksum_(std::move(checksum)), command_(command), resume_(resume), out_(run.out) {
  if (!writes) {
    return;
  }
  folder_.emplace(run.out);
  if (resume) {
    check_interrupted();
  } else {
    for (const std::string& input : inputs_of(run)) {
      folder_->check_new_run(command, input);
    }
  }
}

void RunFolder::check_interrupted() const {
  if (!folder_->interrupted()) {
    refuse_to_resume(run_.out);
  }
  RunDescription there;
  read_json(read_text(path("run.json")), path("run.json"), there);
  if (const std::string text = difference(there, run_); !text.empty()) {
    throw_argument_error("train",
                         fmt::format("--resume: {} holds another run: {}", run_.out, text));
  }
}

void RunFolder::print_files() const {
  fmt::print("\nmodel:      {}\ncheckpoint: {}\nhistory:    {}\nrun:        {}\n",
             model(),
             path("checkpoint.safetensors"),
             path("history.csv"),
             path("run.json"));
}

std::string RunFolder::command() const {
  return fmt::format("rondo {} --config {}", command_, quoted_for_shell(path("run.json")));
}

void RunFolder::attach(Trainer<float>& trainer, const std::string& monitor) {
  trainer.add(SameData(checksum_));
  if (!run_.tensorboard.empty()) {
    add_tensorboard(trainer, run_.tensorboard);
  }
  trainer.add(ModelCheckpoint<float>({.path = literal(path("checkpoint.safetensors")),
                                      .monitor = monitor,
                                      .save_best_only = true}));
  trainer.add(CSVLogger<float>({.filename = path("history.csv")}));
  trainer.add(HistoryPlot<float>({.path = path("history.svg")}));
  trainer.add(
      BackupAndRestore<float>({.backup_dir = path("backup"),
                               .delete_checkpoint = false,  // by finish(), when the model is saved
                               .save_on_interrupt = true,
                               .how_to_resume = fmt::format("{} --resume goes on", command()),
                               .on_interrupt = [this](int signal) { signal_ = signal; }}));
  if (folder_) {
    trainer.add(BeginResults(*folder_, to_json(run_, 2) + '\n', resume_));  // when a backup is read
  }
}

void RunFolder::finish() const {
  std::error_code ignored;  // a file that stays does no harm to a finished model
  fs::remove_all(path("backup"), ignored);
}

void read_run_of_folder(RunDescription& run) {
  const std::string out = run.out;
  const fs::path file = fs::path(out) / "run.json";
  if (!fs::exists(file)) {
    refuse_to_resume(out);
  }
  read_json(read_text(file), file.string(), run);
  run.out = out;  // the folder may have been moved
}

}  // namespace rondo::apps
