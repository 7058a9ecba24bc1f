#include "rondo/core/detail/nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/printable.hpp"

namespace rondo {

namespace {

/// Edits between two names in any case (Damerau and Levenshtein, each place edited once).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return to_lower(a[i]) == to_lower(b[j]); };
  // The last three rows of the table of distances between beginnings of a and of b.
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  std::string_view best;
  std::size_t fewest = 0;
  for (const std::string& candidate : known) {
    const std::size_t longer = std::max(name.size(), candidate.size());
    if (3 * (longer - std::min(name.size(), candidate.size())) > longer) {
      continue;  // also spares the table of a name without end
    }
    const std::size_t distance = edit_distance(name, candidate);
    if (3 * distance <= longer && (best.empty() || distance < fewest)) {
      best = candidate;
      fewest = distance;
    }
  }
  return std::string(best);
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::string nearest = nearest_name(name, known);
  return nearest.empty() ? nearest : fmt::format(" (did you mean {}?)", in_quotes(nearest));
}

std::string unknown_name(std::string_view what,
                         std::string_view name,
                         std::span<const std::string> known,
                         std::size_t most) {
  const std::string all =
      most > 0 ? listed(known, most) : fmt::format("{}", fmt::join(known, ", "));
  return fmt::format("unknown {} {}{}, known are {}",
                     what,
                     in_quotes(name),
                     did_you_mean(name, known),
                     known.empty() ? "none" : all);
}

}  // namespace rondo
