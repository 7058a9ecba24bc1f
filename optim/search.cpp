#include "rondo/optim/search.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/distributed/agreement.hpp"

namespace rondo {

namespace {

constexpr double largest_whole = 0x1p53;

bool is_whole(double value) {
  return value == std::trunc(value) && std::abs(value) <= largest_whole;
}

/// Those of a rung that this rank runs, each by the next free thread.
class Share {
 public:
  using Train = std::function<double(std::size_t, std::size_t)>;

  Share(std::span<const Trial> trials, std::size_t rung, const Communicator& ranks)
      : trials_(trials), rung_(rung), ranks_(ranks), values_(trials.size(), 0.0) {}

  /// 0 for the trials of other ranks.
  std::vector<double> run(const Train& train, std::size_t threads) {
    next_ = ranks_.rank();
    {
      std::vector<std::jthread> others;
      const std::size_t most = std::min(threads, trials_.size());
      for (std::size_t i = 1; i < most; ++i) {
        others.emplace_back([&] { work(train); });
      }
      work(train);
    }
    if (error_) {
      std::rethrow_exception(error_);
    }
    return std::move(values_);
  }

 private:
  void work(const Train& train) {
    for (std::size_t i = next_.fetch_add(ranks_.size()); i < trials_.size();
         i = next_.fetch_add(ranks_.size())) {
      try {
        values_[i] = train(trials_[i].number, rung_);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        error_ = error_ ? error_ : std::current_exception();
        next_ = trials_.size();
      }
    }
  }

  std::span<const Trial> trials_;
  std::size_t rung_;
  const Communicator& ranks_;
  std::vector<double> values_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::exception_ptr error_ = nullptr;
};

void check_schedule(std::span<const Rung> schedule, std::size_t threads) {
  constexpr const char* op = "successive_halving";
  if (threads == 0 || schedule.empty()) {
    throw_argument_error(op, "there must be a thread and a rung, got 0");
  }
  for (std::size_t i = 1; i < schedule.size(); ++i) {
    if (schedule[i].trials > schedule[i - 1].trials) {
      throw_argument_error(op,
                           fmt::format("rung {} has {} trials, more than the {} before it",
                                       i,
                                       schedule[i].trials,
                                       schedule[i - 1].trials));
    }
  }
}

}  // namespace

void check(const SearchRange& range, std::string_view option) {
  const auto refuse = [&](const char* problem) {
    throw_argument_error(
        "search", fmt::format("{}: the range {}..{} {}", option, range.low, range.high, problem));
  };
  if (!std::isfinite(range.low) || !std::isfinite(range.high)) {
    refuse("must have finite ends");
  }
  if (range.low > range.high) {
    refuse("is empty: the lower end comes first");
  }
  if (range.log && range.low <= 0.0) {
    refuse("has no logarithm: both ends must be above 0");
  }
  if (range.whole && !(is_whole(range.low) && is_whole(range.high))) {
    refuse("must have whole ends up to 2^53");
  }
}

double draw(const SearchRange& range, Rng& rng) {
  // Each whole number has half of the way to its neighbours.
  const double half = range.whole ? 0.5 : 0.0;
  const double low = range.low - half;
  const double high = range.high + half;
  const double value =
      range.log ? std::exp(rng.uniform(std::log(low), std::log(high))) : rng.uniform(low, high);
  return std::clamp(range.whole ? std::round(value) : value, range.low, range.high);
}

Rng trial_rng(std::uint64_t seed, std::size_t trial, std::string_view option) {
  return Rng(seed).derive(fmt::format("trial {}", trial)).derive(option);
}

std::vector<Rung> halving_schedule(const HalvingOptions& o) {
  constexpr const char* op = "halving_schedule";
  if (o.trials == 0 || o.epochs == 0 || o.factor == 0 || o.min_epochs == 0) {
    throw_argument_error(
        op,
        fmt::format("trials {}, epochs {}, factor {} and min_epochs {} must all be above 0",
                    o.trials,
                    o.epochs,
                    o.factor,
                    o.min_epochs));
  }
  if (o.min_epochs > o.epochs) {
    throw_argument_error(
        op, fmt::format("min_epochs {} must not be above epochs {}", o.min_epochs, o.epochs));
  }
  std::vector<Rung> reversed{{o.trials, o.epochs}};
  if (o.factor > 1) {
    // Divided one after another, which rounds down as the whole quotient does.
    std::size_t left = o.trials / o.factor;
    for (std::size_t epochs = o.epochs / o.factor; left > 0 && epochs >= o.min_epochs;
         left /= o.factor, epochs /= o.factor) {
      reversed.push_back({0, epochs});
    }
  }
  std::vector<Rung> schedule(reversed.rbegin(), reversed.rend());
  std::size_t trials = o.trials;
  for (Rung& rung : schedule) {
    rung.trials = trials;
    trials /= o.factor;
  }
  return schedule;
}

bool is_better(const Trial& a, const Trial& b) {
  if (std::isnan(a.value) || std::isnan(b.value)) {
    return std::isnan(a.value) == std::isnan(b.value) ? a.number < b.number : std::isnan(b.value);
  }
  if (a.rung != b.rung) {
    return a.rung > b.rung;
  }
  return a.value != b.value ? a.value < b.value : a.number < b.number;
}

std::vector<Trial> successive_halving(
    std::span<const Rung> schedule,
    const std::function<double(std::size_t trial, std::size_t rung)>& train,
    const SearchWorkers& workers) {
  check_schedule(schedule, workers.threads);
  SingleProcess alone;
  Communicator& ranks = workers.communicator != nullptr ? *workers.communicator : alone;
  std::vector<Trial> trials(schedule[0].trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    trials[i].number = i;
  }
  for (std::size_t rung = 0; rung < schedule.size(); ++rung) {
    // The best ones are in front; where too many have failed, a place goes to who had left before.
    const auto failed = std::find_if(
        trials.begin(), trials.end(), [](const Trial& trial) { return std::isnan(trial.value); });
    const std::size_t count =
        std::min(schedule[rung].trials, static_cast<std::size_t>(failed - trials.begin()));
    const std::span<Trial> running(trials.data(), count);
    std::vector<double> values;
    fail_together(ranks, [&] { values = Share(running, rung, ranks).run(train, workers.threads); });
    ranks.sum(std::span(values));  // to zeros of the ranks that had other trials
    for (std::size_t i = 0; i < count; ++i) {
      running[i].rung = rung;
      running[i].value = values[i];
    }
    std::sort(trials.begin(), trials.end(), is_better);
  }
  return trials;
}

}  // namespace rondo
