#include "rondo/layers/detail/config_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

bool is_size(const Config& value) {
  return value.is_number_unsigned() ||
         (value.is_number_integer() && value.get<std::int64_t>() >= 0);
}

}  // namespace

bool is_int(const Config& value) {
  return value.is_number_unsigned()  ? std::in_range<int>(value.get<std::uint64_t>())
         : value.is_number_integer() ? std::in_range<int>(value.get<std::int64_t>())
                                     : false;
}

const Config* ConfigReader::find(const char* key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
    asked_.emplace_back(key);
  }
  const auto found = config_.find(key);
  return found == config_.end() ? nullptr : &*found;
}

void ConfigReader::read(const char* key, bool& target) {
  if (const Config* const value = find(key)) {
    if (!value->is_boolean()) {
      fail_type(key, "true or false");
    }
    target = value->get<bool>();
  }
}

void ConfigReader::read(const char* key, double& target) {
  if (const Config* const value = find(key)) {
    if (!value->is_number()) {
      fail_type(key, "a number");
    }
    target = value->get<double>();
  }
}

void ConfigReader::read(const char* key, std::size_t& target) {
  if (const Config* const value = find(key)) {
    if (!is_size(*value)) {
      fail_type(key, "a whole number that is not negative");
    }
    target = value->get<std::size_t>();
  }
}

void ConfigReader::read(const char* key, int& target) {
  if (const Config* const value = find(key)) {
    if (!is_int(*value)) {
      fail_type(key, "a whole number of 32 bits");
    }
    target = value->get<int>();
  }
}

void ConfigReader::read(const char* key, std::string& target) {
  if (const Config* const value = find(key)) {
    if (!value->is_string()) {
      fail_type(key, "a string");
    }
    target = value->get<std::string>();
  }
}

void ConfigReader::read(const char* key, std::vector<int>& target) {
  const Config* const value = find(key);
  if (value == nullptr) {
    return;
  }
  const Config list = value->is_array() ? *value : Config::array({*value});
  if (!std::all_of(list.begin(), list.end(), is_int)) {
    fail_type(key, "a whole number of 32 bits or an array of them");
  }
  target = list.get<std::vector<int>>();
}

void ConfigReader::read(const char* key, PartialShape& target) {
  const Config* const value = find(key);
  if (value == nullptr) {
    return;
  }
  const auto is_entry = [](const Config& entry) { return entry.is_null() || is_size(entry); };
  if (!value->is_null() &&
      (!value->is_array() || !std::all_of(value->begin(), value->end(), is_entry))) {
    fail_type(key, "an array of sizes and nulls");
  }
  target.clear();
  for (const Config& entry : *value) {
    target.push_back(entry.is_null() ? std::nullopt : std::optional(entry.get<std::size_t>()));
  }
}

template <class Function>
void ConfigReader::read_function(const char* key,
                                 Function (*make)(const Config&),
                                 Function& target) {
  const Config* const value = find(key);
  if (value == nullptr) {
    return;
  }
  try {
    target = make(*value);
  } catch (const Error& error) {
    fail(key, error.what());
  }
}

void ConfigReader::read(const char* key, Activation& target) {
  read_function(key, make_activation, target);
}

void ConfigReader::read(const char* key, Initializer& target) {
  read_function(key, make_initializer, target);
}

void ConfigReader::read(const char* key, Regularizer& target) {
  read_function(key, make_regularizer, target);
}

void ConfigReader::read(const char* key, Constraint& target) {
  read_function(key, make_constraint, target);
}

void ConfigReader::read(const char* key, std::optional<Activation>& target) {
  if (find(key) != nullptr) {
    read(key, target.emplace());
  }
}

void ConfigReader::accept(const char* key, std::initializer_list<Config> values) {
  const Config* const value = find(key);
  if (value != nullptr && std::find(values.begin(), values.end(), *value) == values.end()) {
    fail(key, fmt::format("is not supported with the value {}", value->dump()));
  }
}

void ConfigReader::finish() const {
  for (const auto& [key, value] : config_.items()) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
      throw_format_error(
          "make_layer",
          fmt::format(
              "{}: unknown key '{}', known are {}", class_name_, key, fmt::join(asked_, ", ")));
    }
  }
}

void ConfigReader::fail(const char* key, const std::string& problem) const {
  throw_format_error("make_layer", fmt::format("{}: '{}' {}", class_name_, key, problem));
}

void ConfigReader::fail_type(const char* key, const char* expected) const {
  fail(key, fmt::format("must be {}, got {}", expected, to_text(config_.at(key))));
}

}  // namespace rondo
