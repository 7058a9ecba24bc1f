/// Reads a layer's config key by key and remembers which were asked for: one that nobody asked for
/// is an error. For `make_layer` only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/layers/from_config.hpp"

namespace rondo {

/// Whether it is a whole number that an int can hold; JSON's are wider, and a cast would cut them.
[[nodiscard]] bool is_int(const Config& value);

class ConfigReader {
 public:
  /// @param config  the options, an object that outlives the reader
  ConfigReader(const Config& config, std::string class_name)
      : config_(config), class_name_(std::move(class_name)) {}

  [[nodiscard]] const std::string& class_name() const { return class_name_; }

  /// The value of a key, null if it is absent.
  const Config* find(const char* key);

  // If the key is present, the target gets its value.
  // @throws FormatError for a value of another type
  void read(const char* key, bool& target);
  void read(const char* key, double& target);
  void read(const char* key, std::size_t& target);
  void read(const char* key, int& target);
  void read(const char* key, std::string& target);
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

  /// One of these values stands for each choice.
  template <class Enum>
  struct Choice {
    Config name;
    Enum value;
  };

  template <class Enum, class Target>
  void choose(const char* key, Target& target, std::initializer_list<Choice<Enum>> choices) {
    const Config* const value = find(key);
    if (value == nullptr) {
      return;
    }
    std::string known;
    for (const Choice<Enum>& choice : choices) {
      if (choice.name == *value) {
        target = choice.value;
        return;
      }
      known += (known.empty() ? "" : ", ") + to_text(choice.name);
    }
    fail(key, "must be one of " + known + ", got " + to_text(*value));
  }

  /// A key that changes nothing here; only these values can be accepted.
  void accept(const char* key, std::initializer_list<Config> values);

  /// @throws FormatError if there is a key that was not asked for; the text lists those that were
  void finish() const;

  /// @throws FormatError `[make_layer] GRU: 'units' problem`
  [[noreturn]] void fail(const char* key, const std::string& problem) const;

 private:
  [[noreturn]] void fail_type(const char* key, const char* expected) const;

  template <class Function>
  void read_function(const char* key, Function (*make)(const Config&), Function& target);

  const Config& config_;
  std::string class_name_;
  std::vector<std::string> asked_;
};

}  // namespace rondo
