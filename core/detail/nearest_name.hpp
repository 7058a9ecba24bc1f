/// The name that somebody may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rondo {

/// The known name with the fewest changed, missing, added or swapped characters; empty if even that
/// differs in more than a third of them.
[[nodiscard]] std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// ` (did you mean 'units'?)`, or nothing if no known name is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace rondo
