/// Writes the numbers of each epoch to a CSV file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "rondo/optim/callback.hpp"

namespace rondo {

struct CSVLoggerOptions {
  std::filesystem::path filename = {};
  /// One character between two values.
  std::string separator = ",";
  /// Go on below what the file holds, without a second header, instead of beginning anew.
  bool append = false;
  /// Gets the message that the file cannot be written; stays open.
  std::FILE* out = stderr;
};

/// As in Keras: `epoch`, counted from 0, then the names of the first epoch in alphabetical order;
/// if no validation is among them, their `val_` versions too, for epochs that validate later. `NA`
/// stands for a value that an epoch does not have. Each line is in the file when its epoch ends.
///
/// A run that goes on (BackupAndRestore) takes away the lines after its backup first, and writes
/// those again that the file has lost. If the file cannot be written, that is reported in a line and
/// training goes on; the next epoch writes what is missing.
template <Real T = float>
class CSVLogger : public Callback<T> {
 public:
  /// @throws ArgumentError if there is no name, or the separator is not one character
  explicit CSVLogger(CSVLoggerOptions options);  // is an option misspelt?

  void on_train_begin(Trainer<T>& trainer) override;
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void on_train_end(Trainer<T>& trainer, const Logs& logs) override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "csv_logger"; }

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  void choose_names(const Logs& logs);
  [[nodiscard]] std::string line(std::size_t epoch, const Logs& logs) const;
  [[nodiscard]] std::string past_line(const History& history, std::size_t index) const;
  void write(const History& history, const std::string& last);

  CSVLoggerOptions options_;
  std::vector<std::string> names_;
  std::uint64_t size_ = 0;   // bytes of the file that belong to the run so far
  std::uint64_t lines_ = 0;  // of the run's history that these bytes hold
  bool told_ = false;        // that the file cannot be written
};

}  // namespace rondo
