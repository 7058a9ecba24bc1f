/// The folder of a command that leaves results in it (`train`, `search`, `forecast`).
///
/// What it holds is of one run: a new run takes the results of the one before away, the model
/// first, and saves its own model last. So a model is never beside files of another run, whenever
/// the program ends.
#pragma once

#include <filesystem>
#include <string>

#include "rondo/apps/owned_folder.hpp"

namespace rondo::apps {

class ResultFolder {
 public:
  /// Makes the folder, proves that files can be written there, before anything is computed, and
  /// holds it. Takes away what a killed run has left unfinished.
  /// @throws ArgumentError if there is no name
  /// @throws FormatError   if files cannot be written, or another process holds the folder
  explicit ResultFolder(const std::string& path);

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  [[nodiscard]] std::string model() const { return path("model.safetensors"); }

  [[nodiscard]] std::string backup() const { return path("backup"); }

  /// Of a search that has not ended: each trial has a folder there.
  [[nodiscard]] std::string trials() const { return path("trials"); }

  /// Whether a run was interrupted here and can go on.
  [[nodiscard]] bool interrupted() const;

  /// @param input  the file that the run reads
  /// @throws ArgumentError if an interrupted run, an interrupted search or that file would be lost
  void check_new_run(const char* command, const std::string& input) const;

  /// For results that are of no training. @throws ArgumentError if the folder holds such a run
  void check_no_run(const char* command) const;

  /// Takes away what an earlier run has left; if there was a model, a line says so.
  /// @throws FormatError if that is not possible
  void remove_results() const;

  /// For a run that goes on and will save its model again. @throws FormatError likewise
  void remove_model() const;

 private:
  std::filesystem::path folder_;
  MadeFolder made_;
  FolderLock lock_;
};

}  // namespace rondo::apps
