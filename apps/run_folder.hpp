/// The folder of a training run: what it holds while the run goes on, and when it has ended.
///
///   run.json                     the description of the run
///   history.csv, history.svg     the numbers of each epoch
///   checkpoint.safetensors       weights and optimizer of the best epoch
///   backup/training.safetensors  where the run goes on after an interruption; gone at its end
///   model.safetensors            the model, at the end
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/run_description.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo::apps {

class RunFolder {
 public:
  /// Holds the folder; writes nothing that stays.
  /// @param checksum  of what the model learns; an interrupted run goes on with the same alone
  /// @param resume  go on with the interrupted run that the folder must hold then, and must not
  ///                hold otherwise
  /// @param writes  false: the first of several ranks holds the folder and writes, this one reads its
  ///                backup
  /// @param command  of the program
  /// @throws ArgumentError unless that is so; if the interrupted run is another one, the text names
  ///         the first difference
  /// @throws FormatError   as ResultFolder
  RunFolder(const RunDescription& run,
            std::string checksum,
            bool resume,
            bool writes,
            const char* command = "train");

  /// Adds the callbacks that write; the trainer must not outlive this.
  /// @param monitor  by which the best epoch is chosen
  /// @throws ArgumentError if TensorBoard is not part of the build
  void attach(Trainer<float>& trainer, const std::string& monitor);

  /// The model is saved: the backup is of no more use.
  void finish() const;

  /// The signal that interrupted the run; 0: none.
  [[nodiscard]] int signal() const { return signal_; }

  [[nodiscard]] std::string path(const std::string& name) const { return (out_ / name).string(); }

  [[nodiscard]] std::string model() const { return path("model.safetensors"); }

  /// Where model, checkpoint, history and description lie.
  void print_files() const;

  /// `rondo train --config out/run.json`, for a shell.
  [[nodiscard]] std::string command() const;

 private:
  void check_interrupted() const;

  RunDescription run_;
  std::string checksum_;  // of the data
  const char* command_;
  bool resume_;
  std::filesystem::path out_;
  std::optional<ResultFolder> folder_;  // of the rank that writes
  int signal_ = 0;
};

/// In hexadecimal digits.
[[nodiscard]] std::string checksum_of(std::span<const std::byte> data);

/// Sets what the folder `run.out` says of its interrupted run.
/// @throws ArgumentError if it knows of none
void read_run_of_folder(RunDescription& run);

}  // namespace rondo::apps
