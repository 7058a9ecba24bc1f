/// What `rondo search --over` says: which options of a run are searched, and among which values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rondo/apps/run_description.hpp"
#include "rondo/optim/search.hpp"

namespace rondo::apps {

class SearchSpace {
 public:
  /// Each `units=16,32,64`, `units=64,32;32` (values that have commas), `dropout=0..0.5` or
  /// `learning_rate=1e-4..1e-2:log`.
  /// @throws ArgumentError for a key that is unknown, comes twice or cannot be searched, a range that
  ///         is empty or has no logarithm, a value of another type, no key at all
  explicit SearchSpace(const std::vector<std::string>& over);

  /// One of the options that are searched, and the text of a value.
  using Value = std::pair<std::string, std::string>;

  /// Of a trial: they depend on the seed and its number alone.
  [[nodiscard]] std::vector<Value> trial(std::uint64_t seed, std::size_t number) const;

  /// All values of lists, and the ends of ranges.
  [[nodiscard]] std::vector<Value> ends() const;

  [[nodiscard]] bool has(const std::string& key) const;

 private:
  struct Option {
    std::string key;
    std::vector<std::string> values;        // of a list, or
    std::optional<SearchRange> range = {};  // of a range
  };

  std::vector<Option> options_;
};

/// Sets options of a run, by the conversions of the command line.
/// @throws ArgumentError for a value of another type
void set_options(RunDescription& run, const std::vector<SearchSpace::Value>& values);

}  // namespace rondo::apps
