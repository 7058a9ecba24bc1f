#include "rondo/apps/run_folder.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "rondo/apps/tensorboard.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/optim/callbacks/backup_and_restore.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/history_plot.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/callbacks/model_checkpoint.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

/// A path without places to fill, as ModelCheckpoint reads it.
std::string literal(const std::string& path) {
  std::string result;
  for (const char c : path) {
    result += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  }
  return result;
}

/// FNV-1a (Fowler, Noll and Vo), 64 bits.
std::string checksum_of(std::span<const std::byte> data) {
  std::uint64_t hash = 14695981039346656037U;
  for (const std::byte byte : data) {
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 1099511628211U;
  }
  return fmt::format("{:016x}", hash);
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

}  // namespace

void prepare_folder(const std::string& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error || access(out.c_str(), W_OK) != 0) {
    throw_format_error("out", fmt::format("the folder {} cannot be written", out));
  }
}

RunFolder::RunFolder(const RunDescription& run, std::span<const std::byte> data, bool resume)
    : run_(run), checksum_(checksum_of(data)), folder_(run.out) {
  check_interrupted(resume);
}

void RunFolder::check_interrupted(bool resume) const {
  const bool interrupted = fs::exists(fs::path(backup()) / "training.safetensors");
  if (!resume && interrupted) {
    throw_argument_error("train",
                         fmt::format("{} holds an interrupted run: --resume goes on with it, "
                                     "without {} a new one can begin",
                                     run_.out,
                                     backup()));
  }
  if (!resume) {
    return;
  }
  if (!interrupted) {
    throw_argument_error("train", fmt::format("--resume: {} holds no interrupted run", run_.out));
  }
  RunDescription there;
  read_json(read_text(path("run.json")), path("run.json"), there);
  if (const std::string text = difference(there, run_); !text.empty()) {
    throw_argument_error("train",
                         fmt::format("--resume: {} holds another run: {}", run_.out, text));
  }
}

void RunFolder::attach(Trainer<float>& trainer) const {
  const std::string description = path("run.json");
  trainer.add(LambdaCallback<float>({.on_train_begin = [=, run = run_](Trainer<float>&) {
    prepare_folder(run.out);  // when everything is checked, and before the first file
    write_text(description, to_json(run, 2) + '\n');
  }}));
  trainer.add(SameData(checksum_));
  if (!run_.tensorboard.empty()) {
    add_tensorboard(trainer, run_.tensorboard);
  }
  trainer.add(ModelCheckpoint<float>({.path = literal(path("checkpoint.safetensors")),
                                      .monitor = monitored(run_),
                                      .save_best_only = true}));
  trainer.add(CSVLogger<float>({.filename = path("history.csv")}));
  trainer.add(HistoryPlot<float>({.path = path("history.svg")}));
  trainer.add(BackupAndRestore<float>(
      {.backup_dir = backup(),
       .delete_checkpoint = false,  // by finish(), when the model is saved
       .save_on_interrupt = true,
       .how_to_resume = fmt::format("rondo train --config {} --resume goes on", description)}));
}

void RunFolder::finish() const {
  std::error_code ignored;  // a file that stays does no harm to a finished model
  fs::remove_all(backup(), ignored);
}

}  // namespace rondo::apps
