#include "rondo/tests/parity/option_reader.hpp"

#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/ops.hpp"

namespace rondo::parity {

namespace {

/// `use_bias` → `useBias`
std::string to_camel_case(const std::string& name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool after_underscore = i > 0 && name[i - 1] == '_';
    if (name[i] != '_') {
      result += static_cast<char>(after_underscore ? std::toupper(name[i]) : name[i]);
    }
  }
  return result;
}

}  // namespace

OptionReader::OptionReader(const Json& options, std::string where, Spelling spelling)
    : options_(options), where_(std::move(where)), spelling_(spelling) {
  if (!options_.is_object()) {
    throw CaseError(fmt::format("{} is not a JSON object", where_));
  }
}

const Json* OptionReader::find(const char* name) {
  const std::string key = spelling_ == Spelling::camel_case ? to_camel_case(name) : name;
  read_.insert(key);
  const auto found = options_.find(key);
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

std::string OptionReader::function_name(const Json& value) const {
  const std::string name = value.get<std::string>();
  return spelling_ == Spelling::camel_case ? snake_case(name) : name;
}

Activation OptionReader::activation_from(const Json& value) const {
  if (value.is_null()) {
    return "linear";
  }
  if (value == "gelu_new") {  // TF.js' name of the approximation
    return [](const auto& x) { return gelu(x, true); };
  }
  return function_name(value);
}

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
    target = function_name(*value);
  }
}

void OptionReader::read(const char* name, std::optional<Initializer>& target) {
  if (const Json* value = find(name); value != nullptr && !value->is_null()) {
    target = function_name(*value);
  }
}

void OptionReader::read(const char* name, Constraint& target) {
  if (const Json* value = find(name); value != nullptr && !value->is_null()) {
    target = function_name(*value);
  }
}

}  // namespace rondo::parity
