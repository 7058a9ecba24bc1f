#include "rondo/optim/history.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

namespace {

/// The entry or column of this name.
template <class Items>
auto find_name(Items& items, std::string_view name) {
  return std::find_if(
      items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
}

template <class Items>
std::vector<std::string> names_in(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) {
    names.push_back(item.name);
  }
  return names;
}

}  // namespace

void Logs::set(std::string_view name, double value) {
  const auto found = find_name(entries_, name);
  if (found != entries_.end()) {
    found->value = value;
  } else {
    entries_.push_back({std::string(name), value});
  }
}

std::optional<double> Logs::find(std::string_view name) const {
  const auto found = find_name(entries_, name);
  return found != entries_.end() ? std::optional(found->value) : std::nullopt;
}

double Logs::at(std::string_view name) const {
  const auto value = find(name);
  if (!value) {
    throw_argument_error("Logs", unknown_name("value", name, names_in(entries_)));
  }
  return *value;
}

std::string Logs::names() const {
  return fmt::format("{}", fmt::join(names_in(entries_), ", "));
}

void History::add(std::size_t epoch, const Logs& logs) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (const Logs::Entry& entry : logs.entries()) {
    if (find_name(columns_, entry.name) == columns_.end()) {
      columns_.push_back({entry.name, std::vector<double>(epochs_.size(), none)});
    }
  }
  epochs_.push_back(epoch);
  for (Column& column : columns_) {
    column.values.push_back(logs.find(column.name).value_or(none));
  }
}

std::vector<std::string> History::names() const {
  return names_in(columns_);
}

const std::vector<double>& History::values(std::string_view name) const {
  const auto found = find_name(columns_, name);
  if (found == columns_.end()) {
    throw_argument_error("History", unknown_name("value", name, names_in(columns_)));
  }
  return found->values;
}

template <Real T>
void History::visit_state(RunStateVisitor<T>& visitor) {
  std::vector<double> epochs(epochs_.begin(), epochs_.end());
  visitor.visit("history/epoch", epochs);
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    constexpr double most = 9007199254740992.0;  // 2⁵³
    const bool whole = epochs[i] >= 0.0 && epochs[i] < most && std::floor(epochs[i]) == epochs[i];
    if (!whole || (i > 0 && epochs[i] != epochs[i - 1] + 1.0)) {
      visitor.refuse("history/epoch",
                     fmt::format("must be whole numbers one after another, found {}", epochs[i]));
    }
  }
  std::vector<std::string> column_names = names();
  visitor.visit_names("history/names", column_names);
  std::vector<Column> columns;
  for (const std::string& name : column_names) {
    if (name.empty() || find_name(columns, name) != columns.end()) {
      visitor.refuse("history/names", fmt::format("has '{}' where a new name is needed", name));
    }
    const auto known = find_name(columns_, name);
    columns.push_back({name, known != columns_.end() ? known->values : std::vector<double>()});
    std::vector<double>& values = columns.back().values;
    visitor.visit("history/value/" + name, values);
    if (values.size() != epochs.size()) {
      visitor.refuse("history/value/" + name,
                     fmt::format("has {} values for {} epochs", values.size(), epochs.size()));
    }
  }
  epochs_.assign(epochs.begin(), epochs.end());
  columns_ = std::move(columns);
}

template void History::visit_state(RunStateVisitor<float>&);
template void History::visit_state(RunStateVisitor<double>&);

void History::write_csv(const std::filesystem::path& path) const {
  std::string text = "epoch";
  for (const Column& column : columns_) {
    text += ',' + column.name;
  }
  for (std::size_t i = 0; i < epochs_.size(); ++i) {
    text += fmt::format("\n{}", epochs_[i]);
    for (const Column& column : columns_) {
      text += fmt::format(",{}", column.values[i]);
    }
  }
  text += '\n';
  const std::array parts{std::as_bytes(std::span(text))};
  replace_file("History", path, parts);
}

}  // namespace rondo
