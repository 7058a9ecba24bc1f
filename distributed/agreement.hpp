/// How the ranks of a job make sure that they do the same, and fail together.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "rondo/distributed/communicator.hpp"

namespace rondo {

namespace detail {

/// @param problem  of this rank; empty: none
/// @return whether all ranks have this very problem
/// @throws StateError `rank 2 of 4: …` on all ranks, if some have failed in different ways
bool share_problem(Communicator& ranks, const std::string& problem);

}  // namespace detail

/// Runs `step` on each rank. If it fails on one, it fails on all, so that none waits for another:
/// with StateError `rank 2 of 4: …`, or with its own exception where all fail in the same way.
template <class Step>
void fail_together(Communicator& ranks, Step step) {
  std::exception_ptr error = nullptr;
  std::string problem;
  try {
    step();
  } catch (const std::exception& e) {
    error = std::current_exception();
    problem = *e.what() != '\0' ? e.what() : "an exception without a text";
  }
  if (detail::share_problem(ranks, problem) && error) {
    std::rethrow_exception(error);
  }
}

/// Names and values that must be the same on all ranks.
using RankFacts = std::vector<std::pair<std::string, std::string>>;

/// @param remedy  what to do about a difference
/// @throws StateError on all ranks, naming the first rank and the first of its facts that differ
///         from those of rank 0
void check_same(
    Communicator& ranks,
    const RankFacts& facts,
    const std::string& remedy = "start all ranks with the same program, options and data");

/// What decides whether two builds compute the same: version, compiler, kernels.
[[nodiscard]] std::string build_name();

}  // namespace rondo
