/// Initializers, regularizers and constraints by name: the lookup and the serialised form are the
/// same for all three. For their sources only.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/layers/config.hpp"

namespace rondo {

template <class Made>
struct NamedFactory {
  std::string_view name;
  std::string_view class_name;
  Made (*make)();
  /// Another name that Keras accepts; empty if there is none.
  std::string_view alias = {};

  [[nodiscard]] bool answers_to(std::string_view text) const {
    return text == name || text == class_name || (!alias.empty() && text == alias);
  }
};

/// @param kind  what is looked for, in the text of the error
/// @throws ArgumentError for an unknown name; the text lists the known ones
template <class Made>
Made make_by_name(const char* kind,
                  std::span<const NamedFactory<Made>> factories,
                  std::string_view name) {
  const auto found = std::find_if(factories.begin(), factories.end(), [&](const auto& factory) {
    return factory.answers_to(name);
  });
  if (found != factories.end()) {
    return found->make();
  }
  std::string known;
  for (const NamedFactory<Made>& factory : factories) {
    known += known.empty() ? "" : ", ";
    known += factory.name;
  }
  throw_argument_error(kind, fmt::format("unknown name '{}', known are {}", name, known));
}

/// Keras' serialised form, as text.
inline std::string serialized(std::string_view class_name, const Config& config) {
  return to_text({{"class_name", class_name}, {"config", config}});
}

}  // namespace rondo
