/// `rondo search`: trains a model with many options, drawn at random, and keeps the best one. Trials
/// that do worse get fewer epochs (optim/search.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rondo/apps/run_description.hpp"
#include "rondo/distributed/communicator.hpp"

namespace rondo::apps {

struct SearchOptions {
  RunDescription run = {.out = "out/search"};
  std::vector<std::string> over = {};  // search_space.hpp
  std::size_t trials = 27;
  std::size_t factor = 3;
  std::size_t min_epochs = 1;
  std::optional<std::size_t> threads = {};  // none: as many as kernels would have
  /// Go on with the interrupted search in `run.out`.
  bool resume = false;
  bool quiet = false;
  /// That share the trials; null: this process alone.
  Communicator* ranks = nullptr;
};

/// @throws rondo::Error for input that cannot be used; nothing is written then
void search(const SearchOptions& options);

/// Sets what the folder `run.out` says of its interrupted search.
/// @throws ArgumentError if it knows of none
void read_search_of_folder(SearchOptions& options);

}  // namespace rondo::apps
