/// What a search leaves in its folder and tells at its end.
#pragma once

#include <string>
#include <vector>

#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/run_description.hpp"
#include "rondo/apps/search_space.hpp"
#include "rondo/apps/trial.hpp"
#include "rondo/optim/search.hpp"

namespace rondo::apps {

/// A trial that is over.
struct SearchedTrial {
  Trial trial;
  std::vector<SearchSpace::Value> options;
  TrialResult result;          // of its last rung
  std::vector<double> values;  // of each rung; NaN: none
};

struct SearchResults {
  std::vector<SearchedTrial> trials;  // the best one first
  std::vector<Rung> schedule;
  std::string monitored;  // what is compared

  /// `best`, `done`, `left in rung 2`, `failed: …`
  [[nodiscard]] std::string status(std::size_t place) const;
};

/// trials.csv and trials.svg; a plot that cannot be drawn is told in a line.
void write_trials(const ResultFolder& folder, const SearchResults& results);

/// The best trials as a table.
void print_trials(const SearchResults& results);

}  // namespace rondo::apps
