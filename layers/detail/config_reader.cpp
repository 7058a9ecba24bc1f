#include "rondo/layers/detail/config_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

const char* misfit(const Config& value, const bool&) {
  return value.is_boolean() ? nullptr : "true or false";
}

const char* misfit(const Config& value, const double&) {
  return value.is_number() ? nullptr : "a number";
}

const char* misfit(const Config& value, const std::string&) {
  return value.is_string() ? nullptr : "a string";
}

const char* misfit(const Config& value, const int&) {
  const bool fits = value.is_number_unsigned() ? std::in_range<int>(value.get<std::uint64_t>())
                                               : value.is_number_integer() &&
                                                     std::in_range<int>(value.get<std::int64_t>());
  return fits ? nullptr : "a whole number of 32 bits";
}

const char* misfit(const Config& value, const std::size_t&) {
  constexpr double largest = 9007199254740992.0;  // 2⁵³
  bool fits = value.is_number_unsigned();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    fits = number >= 0.0 && number <= largest && number == std::floor(number);
  } else if (value.is_number_integer()) {
    fits = fits || value.get<std::int64_t>() >= 0;
  }
  return fits ? nullptr : "a whole number that is not negative";
}

const Config* ConfigReader::find(const char* key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
    asked_.emplace_back(key);
  }
  const auto found = config_.find(key);
  return found == config_.end() ? nullptr : &*found;
}

void ConfigReader::read(const char* key, std::vector<int>& target) {
  const Config* const value = find(key);
  if (value == nullptr) {
    return;
  }
  const Config list = value->is_array() ? *value : Config::array({*value});
  const auto is_int = [](const Config& entry) { return misfit(entry, int{}) == nullptr; };
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
  const auto is_entry = [](const Config& entry) {
    return entry.is_null() || misfit(entry, std::size_t{}) == nullptr;
  };
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
      report_(class_name_, unknown_name("key", key, asked_));
    }
  }
}

void ConfigReader::fail(const char* key, const std::string& problem) const {
  report_(class_name_, fmt::format("'{}' {}", key, problem));
  std::abort();  // a report throws
}

void ConfigReader::fail_type(const char* key, const std::string& expected) const {
  fail(key, fmt::format("must be {}, got {}", expected, to_text(config_.at(key))));
}

}  // namespace rondo
