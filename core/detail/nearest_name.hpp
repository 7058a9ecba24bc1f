/// The name that somebody may have meant, and what is said about one that nobody knows.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rondo {

/// The known name with the fewest changed, missing, added or swapped characters, whatever their
/// case; empty if even that differs in more than a third of them.
[[nodiscard]] std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// ` (did you mean 'units'?)`, or nothing if no known name is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> known);

/// `unknown key 'unit' (did you mean 'units'?), known are units, activation`: the one wording.
/// @param what  it names: `key`, `name`, `class`
/// @param most  for names from a file: so many are listed, in quotes; 0: all of them, as they are
[[nodiscard]] std::string unknown_name(std::string_view what,
                                       std::string_view name,
                                       std::span<const std::string> known,
                                       std::size_t most = 0);

/// The same for things whose names `name_of` tells.
template <class Things, class NameOf = std::identity>
requires std::invocable<NameOf&, decltype(*std::declval<const Things&>().begin())>

[[nodiscard]] std::string unknown_name(std::string_view what,
                                       std::string_view name,
                                       const Things& known,
                                       NameOf name_of = {}) {
  std::vector<std::string> names;
  for (const auto& each : known) {
    names.emplace_back(std::invoke(name_of, each));
  }
  return unknown_name(what, name, std::span<const std::string>(names));
}

}  // namespace rondo
