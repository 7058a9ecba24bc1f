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
#include <span>
#include <string>

#include "rondo/apps/run_description.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo::apps {

/// Creates the folder and proves that files can be written there, before anything is computed.
/// @throws FormatError if not
void prepare_folder(const std::string& out);

class RunFolder {
 public:
  /// Writes nothing.
  /// @param data    what the model learns; an interrupted run goes on with the same alone
  /// @param resume  go on with the interrupted run that the folder must hold then, and must not
  ///                hold otherwise
  /// @throws ArgumentError unless that is so; if the interrupted run is another one, the text names
  ///         the first difference
  RunFolder(const RunDescription& run, std::span<const std::byte> data, bool resume);

  /// Adds the callbacks that write. @throws ArgumentError if TensorBoard is not part of the build
  void attach(Trainer<float>& trainer) const;

  /// The model is saved: the backup is of no more use.
  void finish() const;

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  [[nodiscard]] std::string model() const { return path("model.safetensors"); }

 private:
  [[nodiscard]] std::string backup() const { return path("backup"); }

  void check_interrupted(bool resume) const;

  RunDescription run_;
  std::string checksum_;  // of the data
  std::filesystem::path folder_;
};

}  // namespace rondo::apps
