#include "rondo/tests/parity/option_reader.hpp"

#include <utility>

#include <fmt/format.h>

namespace rondo::parity {

OptionReader::OptionReader(const Json& options, std::string where)
    : options_(options), where_(std::move(where)) {
  if (!options_.is_object()) {
    throw CaseError(fmt::format("{} is not a JSON object", where_));
  }
}

const Json* OptionReader::find(const char* name) {
  read_.insert(name);
  const auto found = options_.find(name);
  return found == options_.end() ? nullptr : &*found;
}

void OptionReader::finish() const {
  for (const auto& [name, value] : options_.items()) {
    if (!read_.contains(name)) {
      throw CaseError(fmt::format("option '{}' of {} is unknown", name, where_));
    }
  }
}

namespace {

Activation activation_from(const Json& value) {
  return value.is_null() ? Activation("linear") : Activation(value.get<std::string>());
}

/// A name, or `{"l1": …, "l2": …}`.
Regularizer regularizer_from(const Json& value) {
  if (value.is_null()) {
    return {};
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  double l1 = 0.0;
  double l2 = 0.0;
  OptionReader reader(value, "a regularizer");
  reader.read("l1", l1);
  reader.read("l2", l2);
  reader.finish();
  return regularizers::l1_l2(l1, l2);
}

}  // namespace

void OptionReader::read(const char* name, Activation& target) {
  if (const Json* value = find(name)) {
    target = activation_from(*value);
  }
}

void OptionReader::read(const char* name, std::optional<Activation>& target) {
  if (const Json* value = find(name)) {
    target = activation_from(*value);
  }
}

void OptionReader::read(const char* name, Regularizer& target) {
  if (const Json* value = find(name)) {
    target = regularizer_from(*value);
  }
}

void OptionReader::read(const char* name, Initializer& target) {
  if (const Json* value = find(name); value != nullptr && !value->is_null()) {
    target = value->get<std::string>();
  }
}

void OptionReader::read(const char* name, std::optional<Initializer>& target) {
  if (const Json* value = find(name); value != nullptr && !value->is_null()) {
    target = value->get<std::string>();
  }
}

void OptionReader::read(const char* name, Constraint& target) {
  if (const Json* value = find(name); value != nullptr && !value->is_null()) {
    target = value->get<std::string>();
  }
}

}  // namespace rondo::parity
