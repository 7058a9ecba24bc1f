/// Writes the numbers of each epoch to a CSV file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
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
};

/// As in Keras: `epoch`, counted from 0, then the names of the first epoch in alphabetical order;
/// if no validation is among them, their `val_` versions too, for epochs that validate later. `NA`
/// stands for a value that an epoch does not have. Each line is in the file when its epoch ends.
///
/// A run that goes on (BackupAndRestore) takes away the lines after its backup first.
template <Real T = float>
class CSVLogger : public Callback<T> {
 public:
  /// @throws ArgumentError if there is no name, or the separator is not one character
  explicit CSVLogger(CSVLoggerOptions options);

  /// @throws FormatError if the file cannot be opened or written
  void on_train_begin(Trainer<T>& trainer) override;
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void release() override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "csv_logger"; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void choose_names(const Logs& logs);
  void write(const std::string& text);
  [[noreturn]] void fail(int error) const;

  CSVLoggerOptions options_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<std::string> names_;
  std::uint64_t size_ = 0;  // bytes of the file that belong to the run so far
};

}  // namespace rondo
