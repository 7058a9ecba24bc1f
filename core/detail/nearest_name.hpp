/// The name that somebody may have meant, and what is said about one that nobody knows.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
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

/// The same for names of another type of text.
template <class Names>
[[nodiscard]] std::string unknown_name(std::string_view what,
                                       std::string_view name,
                                       const Names& known) {
  const std::vector<std::string> list(known.begin(), known.end());
  return unknown_name(what, name, std::span<const std::string>(list));
}

}  // namespace rondo
