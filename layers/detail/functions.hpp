/// Initializers, regularizers and constraints in tables: by name, or with parameters from a config.
/// For the sources of layers.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/layers/constraints.hpp"
#include "rondo/layers/detail/choices.hpp"

namespace rondo {

/// A parameter of a config as the type that a function takes.
struct Argument {
  std::string_view key;
  const Config& value;

  /// @throws FormatError for a choice that there is not
  template <class V>
  operator V() const {  // NOLINT: implicit, to be an argument
    if constexpr (std::is_enum_v<V>) {
      const auto name = value.get<std::string>();
      const auto* const choice = find_named(choices<V>, name);
      if (choice == nullptr) {
        throw_format_error(key, unknown_name("name", name, names_of(choices<V>)));
      }
      return choice->value;
    } else {
      return value.get<V>();
    }
  }
};

/// The name of a parameter as an argument of a template.
template <std::size_t n>
struct Key {
  char text[n]{};

  constexpr Key(const char (&key)[n]) { std::copy_n(key, n, text); }  // NOLINT: implicit
};

/// Makes a function from all its parameters; null: from their defaults.
template <class Function>
using MakeFunction = Function (*)(const Config* parameters);

/// `function_row<"value">({"constant"}, [](auto... p) { return initializers::constant(p...); })`
template <Key... keys, class Make>
constexpr auto function_row(std::array<std::string_view, 4> names, Make) {
  const auto make = [](const Config* p) {
    return p == nullptr ? Make{}() : Make{}(Argument{keys.text, p->at(keys.text)}...);
  };
  return Named<MakeFunction<decltype(Make{}())>>{names, make};
}

// @throws ArgumentError for an unknown name

[[nodiscard]] Initializer initializer_from(std::string_view name, const Config* parameters);
[[nodiscard]] Regularizer regularizer_from(std::string_view name, const Config* parameters);
[[nodiscard]] Constraint constraint_from(std::string_view name, const Config* parameters);

}  // namespace rondo
