/// A search over options: random values, and successive halving, which gives most epochs to the
/// trials that do best (Jamieson and Talwalkar 2016; Li et al. 2018).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "rondo/core/rng.hpp"
#include "rondo/distributed/communicator.hpp"

namespace rondo {

/// The numbers that an option may have, both ends included.
struct SearchRange {
  double low = 0.0;
  double high = 1.0;
  bool log = false;    // each factor is as likely as any other: 1 to 10 as 10 to 100
  bool whole = false;  // whole numbers alone, up to 2^53
};

/// @param option  which errors name
/// @throws ArgumentError for ends that are not finite or the wrong way round, a logarithm of what
///         is not above 0, ends of whole numbers that are none
void check(const SearchRange& range, std::string_view option);

/// A number of the range, which must pass `check`.
[[nodiscard]] double draw(const SearchRange& range, Rng& rng);

/// The random numbers for one option of one trial. They depend on nothing else: neither on the
/// number of trials nor on the other options, nor on who runs the trial.
[[nodiscard]] Rng trial_rng(std::uint64_t seed, std::size_t trial, std::string_view option);

/// A round of a search: so many trials are trained until each has had so many epochs.
struct Rung {
  std::size_t trials = 0;
  std::size_t epochs = 0;

  friend bool operator==(const Rung&, const Rung&) = default;
};

struct HalvingOptions {
  std::size_t trials = 27;
  /// Of the trials that reach the last rung.
  std::size_t epochs = 27;
  /// From one rung to the next, one trial in so many is left, with so many times the epochs; 1: all
  /// trials have all epochs.
  std::size_t factor = 3;
  /// Of the first rung, at least.
  std::size_t min_epochs = 1;
};

/// A bracket of Hyperband: ⌊n / ηⁱ⌋ trials with ⌊R / ηˢ⁻ⁱ⌋ epochs in rung i = 0 … s, for n trials, R
/// epochs and the factor η; s is as large as trials and epochs allow.
/// @throws ArgumentError for a 0, or min_epochs above epochs
[[nodiscard]] std::vector<Rung> halving_schedule(const HalvingOptions& options);

/// A trial and how far it has come.
struct Trial {
  std::size_t number = 0;  // from 0
  std::size_t rung = 0;    // the last one that it was in, from 0
  double value = 0.0;      // there; the lower the better, NaN: failed
};

/// The better one first: of a higher rung, of a lower value, of a lower number. Failed ones are the last.
[[nodiscard]] bool is_better(const Trial& a, const Trial& b);

/// Who runs the trials; none of it changes the result.
struct SearchWorkers {
  /// Trials that are run at the same time in this process.
  std::size_t threads = 1;
  /// Ranks that share the trials out; null: this process alone.
  Communicator* communicator = nullptr;
};

/// Runs all trials of the first rung, then the best of them with the epochs of the next one, and so on.
/// @param schedule  as `halving_schedule` makes it: no rung has more trials than the one before
/// @param train     gets a trial's number and the rung that it is in, which says how many epochs it
///                  has now; returns its value, NaN if it has failed. Called from several threads, or
///                  on several ranks, for different trials. What it throws ends the search.
/// @return          all trials, the best one first: the same on all ranks, for any number of workers
/// @throws ArgumentError for no threads or no rung
/// @throws StateError    naming the rank, if one of several has failed
[[nodiscard]] std::vector<Trial> successive_halving(
    std::span<const Rung> schedule,
    const std::function<double(std::size_t trial, std::size_t rung)>& train,
    const SearchWorkers& workers = {});

}  // namespace rondo
