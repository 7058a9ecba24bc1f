/// The numbers of a training run: of the present epoch (`Logs`) and of all of them (`History`).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/optim/run_state.hpp"

namespace rondo {

/// Named values in the order of their making: `loss`, `val_loss`, and what callbacks add.
class Logs {
 public:
  struct Entry {
    std::string name;
    double value;
  };

  /// Adds a value, or replaces the one of this name.
  void set(std::string_view name, double value);

  [[nodiscard]] std::optional<double> find(std::string_view name) const;

  /// @throws ArgumentError for an unknown name; the text lists the known ones
  [[nodiscard]] double at(std::string_view name) const;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  /// `for (const auto& [name, value] : trainer.evaluate(data))`
  [[nodiscard]] auto begin() const { return entries_.begin(); }

  [[nodiscard]] auto end() const { return entries_.end(); }

  /// `loss, val_loss`
  [[nodiscard]] std::string names() const;

  void clear() { entries_.clear(); }

 private:
  std::vector<Entry> entries_;
};

/// One value per epoch under each name; NaN where an epoch had none.
class History {
 public:
  /// @param epoch  counted from 0
  void add(std::size_t epoch, const Logs& logs);

  [[nodiscard]] const std::vector<std::size_t>& epochs() const { return epochs_; }

  [[nodiscard]] std::vector<std::string> names() const;

  /// The values of all epochs. @throws ArgumentError for an unknown name; the text lists the known
  /// ones
  [[nodiscard]] const std::vector<double>& values(std::string_view name) const;

  /// The value of the last epoch. @throws ArgumentError as `values`
  [[nodiscard]] double last(std::string_view name) const { return values(name).back(); }

  /// All of it, for a run that goes on from a file.
  template <Real T>
  void visit_state(RunStateVisitor<T>& visitor);

  /// A header line `epoch,loss,…`, then a line for each epoch; numbers are exact.
  /// @throws FormatError if the file cannot be written
  void write_csv(const std::filesystem::path& path) const;

 private:
  struct Column {
    std::string name;
    std::vector<double> values;
  };

  std::vector<std::size_t> epochs_;
  std::vector<Column> columns_;
};

}  // namespace rondo
