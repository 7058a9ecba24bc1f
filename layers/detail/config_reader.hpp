/// Reads options from a config key by key and remembers which were asked for: one that nobody asked
/// for is an error. For `make_layer` and `make_optimizer` only.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/layers/detail/choices.hpp"
#include "rondo/layers/from_config.hpp"

namespace rondo {

// What a value must be for the type of the target, as errors say it; null if it is that.
[[nodiscard]] const char* misfit(const Config& value, const bool& target);
[[nodiscard]] const char* misfit(const Config& value, const double& target);
[[nodiscard]] const char* misfit(const Config& value, const std::string& target);
/// Of 32 bits: the numbers of JSON are wider, and a cast would cut them.
[[nodiscard]] const char* misfit(const Config& value, const int& target);
/// 100.0 is one: Keras writes a number of steps as it was given.
[[nodiscard]] const char* misfit(const Config& value, const std::size_t& target);

/// Throws the error for a problem with the config of a class.
using ReportProblem = void (*)(const std::string& class_name, const std::string& problem);

class ConfigReader {
 public:
  /// @param config  the options, an object that outlives the reader
  ConfigReader(const Config& config, std::string class_name, ReportProblem report)
      : config_(config), class_name_(std::move(class_name)), report_(report) {}

  [[nodiscard]] const std::string& class_name() const { return class_name_; }

  /// The value of a key, null if it is absent.
  const Config* find(const char* key);

  // If the key is present, the target gets its value; a value of another type is reported.

  template <class V>

  requires requires(const Config& value, const V& target) { misfit(value, target); }

  void read(const char* key, V& target) {
    if (const Config* const value = find(key)) {
      if (const char* const expected = misfit(*value, target)) {
        fail_type(key, expected);
      }
      target = value->get<V>();
    }
  }

  template <class V>
  void read(const char* key, std::vector<V>& target) {
    const Config* const value = find(key);
    if (value == nullptr) {
      return;
    }
    target.clear();
    for (const Config& entry : value->is_array() ? *value : Config::array({Config()})) {
      if (const char* const expected = misfit(entry, V{})) {
        fail_type(key, std::string("a list, each entry ") + expected);
      }
      target.push_back(entry.get<V>());
    }
  }

  /// A whole number or an array of them.
  void read(const char* key, std::vector<int>& target);
  /// An array of sizes and nulls.
  void read(const char* key, PartialShape& target);
  void read(const char* key, Activation& target);
  void read(const char* key, Initializer& target);
  void read(const char* key, Regularizer& target);
  void read(const char* key, Constraint& target);

  /// null is the activation that does nothing, as in Keras, not one that was not chosen.
  void read(const char* key, std::optional<Activation>& target);

  /// null is not chosen.
  template <class V>
  void read(const char* key, std::optional<V>& target) {
    const Config* const value = find(key);
    if (value == nullptr) {
      return;
    }
    target.reset();
    if (!value->is_null()) {
      V chosen{};
      read(key, chosen);
      target = chosen;
    }
  }

  /// One of the names in `choices`; null is `none`.
  template <class Enum>
  requires std::is_enum_v<Enum>

  void read(const char* key, Enum& target) {
    std::string name = "none";
    if (const Config* const value = find(key); value != nullptr) {
      if (!value->is_null()) {
        read(key, name);
      }
      const auto* const choice = find_named(choices<Enum>, name);
      if (choice == nullptr) {
        report_(class_name_, unknown_name(key, name, names_of(choices<Enum>)));
      } else {
        target = choice->value;
      }
    }
  }

  /// A key that changes nothing here; only these values can be accepted.
  void accept(const char* key, std::initializer_list<Config> values);

  /// Reports a key that was not asked for, with those that were.
  void finish() const;

  /// Reports `'key' problem`.
  [[noreturn]] void fail(const char* key, const std::string& problem) const;

 private:
  [[noreturn]] void fail_type(const char* key, const std::string& expected) const;

  template <class Function>
  void read_function(const char* key, Function (*make)(const Config&), Function& target);

  const Config& config_;
  std::string class_name_;
  ReportProblem report_;
  std::vector<std::string> asked_;
};

/// The options of a class that its list names.
template <class Options>
void read_options(ConfigReader& reader, Options& options) {
  const auto read = [&](const char* key, auto& member) { reader.read(key, member); };
  Options::for_each_option(read, options);
}

}  // namespace rondo
