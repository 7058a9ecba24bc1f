/// Reads the options of a case and remembers which were read: one that nobody asked for is an
/// error.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"

namespace rondo::parity {

using Json = nlohmann::json;

/// What a case asks for that cannot be done: the case fails with this text.
struct CaseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How a system writes the names of options and functions: `use_bias` or `useBias`.
enum class Spelling { snake_case, camel_case };

/// Names are asked for in snake_case, whatever the system writes.
class OptionReader {
 public:
  /// @param where  named in errors
  OptionReader(const Json& options, std::string where, Spelling spelling = Spelling::snake_case);

  /// Calls set(value) if the option is present.
  template <class V, class Set>
  void read(const char* name, Set set) {
    if (const Json* value = find(name)) {
      set(value->get<V>());
    }
  }

  template <class V>
  void read(const char* name, V& target) {
    read<V>(name, [&](V value) { target = value; });
  }

  template <class V>
  void read(const char* name, std::optional<V>& target) {
    read<V>(name, [&](V value) { target = value; });
  }

  void read(const char* name, Activation& target);
  void read(const char* name, std::optional<Activation>& target);
  void read(const char* name, Regularizer& target);
  void read(const char* name, Initializer& target);
  void read(const char* name, std::optional<Initializer>& target);
  void read(const char* name, Constraint& target);

  /// Options that change no number in a case, such as a name.
  void ignore(const char* name) { find(name); }

  /// The raw value, or null if absent.
  const Json* find(const char* name);

  /// @throws CaseError if an option was not read
  void finish() const;

 private:
  /// The name of a function, in snake_case.
  [[nodiscard]] std::string function_name(const Json& value) const;

  [[nodiscard]] Activation activation_from(const Json& value) const;

  const Json& options_;
  std::string where_;
  Spelling spelling_;
  std::set<std::string> read_;
};

}  // namespace rondo::parity
