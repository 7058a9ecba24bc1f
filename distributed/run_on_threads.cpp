#include "rondo/distributed/run_on_threads.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// Where the threads meet: a place for each ordered pair of ranks, with what one shows the other.
class Meeting {
 public:
  explicit Meeting(std::size_t ranks) : ranks_(ranks), places_(ranks * ranks), ended_(ranks) {}

  void exchange(std::size_t rank,
                std::size_t partner,
                std::span<const std::byte> out,
                std::span<std::byte> in) {
    std::unique_lock lock(mutex_);
    Place& own = place(rank, partner);
    Place& other = place(partner, rank);
    if (!out.empty()) {
      own = {out, true};
      changed_.notify_all();
    }
    if (!in.empty()) {
      wait(lock, rank, partner, [&] { return other.shown; });
      if (other.bytes.size() != in.size()) {
        own.shown = false;  // the bytes go with this call
        ended_[rank] = true;
        note_failure(rank,
                     fmt::format("rank {} sends {} bytes where {} are expected: the ranks do not "
                                 "make the same calls",
                                 partner,
                                 other.bytes.size(),
                                 in.size()));
        throw_state_error("ranks", failure());
      }
      std::copy(other.bytes.begin(), other.bytes.end(), in.begin());
      other.shown = false;
      changed_.notify_all();
    }
    if (!out.empty()) {
      wait(lock, rank, partner, [&] { return !own.shown; });
    }
  }

  void fail(std::size_t rank, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    note_failure(rank, reason);
  }

  void end(std::size_t rank) {
    const std::lock_guard lock(mutex_);
    ended_[rank] = true;
    changed_.notify_all();
  }

  [[nodiscard]] std::optional<std::size_t> failed() const { return failed_; }

  [[nodiscard]] std::string failure() const {
    return fmt::format("rank {} of {}: {}", *failed_, ranks_, reason_);
  }

 private:
  struct Place {
    std::span<const std::byte> bytes;
    bool shown = false;
  };

  void note_failure(std::size_t rank, const std::string& reason) {
    if (!failed_) {
      failed_ = rank;
      reason_ = reason;
    }
    changed_.notify_all();
  }

  Place& place(std::size_t from, std::size_t to) { return places_[from * ranks_ + to]; }

  /// Ends when the partner does. A failure elsewhere does not disturb two ranks that are on their way
  /// to the same error.
  template <class Condition>
  void wait(std::unique_lock<std::mutex>& lock,
            std::size_t rank,
            std::size_t partner,
            Condition condition) {
    changed_.wait(lock, [&] { return condition() || ended_[partner]; });
    if (condition()) {
      return;
    }
    throw_state_error("ranks",
                      failed_ ? failure()
                              : fmt::format("rank {} has ended, rank {} waits for it: they do not "
                                            "make the same calls",
                                            partner,
                                            rank));
  }

  std::size_t ranks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Place> places_;
  std::vector<bool> ended_;
  std::optional<std::size_t> failed_;
  std::string reason_;
};

class ThreadRank final : public Communicator {
 public:
  ThreadRank(Meeting& meeting, std::size_t rank, std::size_t size)
      : Communicator(rank, size), meeting_(meeting) {}

  void abort(const std::string& reason) override { meeting_.fail(rank(), reason); }

  [[nodiscard]] bool owns_process() const override { return size() == 1; }

 protected:
  void exchange(std::size_t partner,
                std::span<const std::byte> out,
                std::span<std::byte> in) override {
    meeting_.exchange(rank(), partner, out, in);
  }

 private:
  Meeting& meeting_;
};

/// How a rank ended.
struct Outcome {
  std::exception_ptr error = nullptr;
  std::string text = {};
};

void run_rank(ThreadRank& rank,
              Meeting& meeting,
              const std::function<void(Communicator&)>& work,
              Outcome& outcome) {
  try {
    work(rank);
  } catch (const std::exception& error) {
    outcome = {std::current_exception(), error.what()};
  } catch (...) {
    outcome = {std::current_exception(), "an exception of unknown type"};
  }
  if (outcome.error) {
    rank.abort(outcome.text);
  }
  meeting.end(rank.rank());
}

}  // namespace

void run_on_threads(std::size_t ranks, const std::function<void(Communicator&)>& work) {
  if (ranks == 0) {
    throw_argument_error("run_on_threads", "there must be a rank, got 0");
  }
  Meeting meeting(ranks);
  std::vector<Outcome> outcomes(ranks);
  const auto run = [&](std::size_t rank) {
    ThreadRank communicator(meeting, rank, ranks);
    run_rank(communicator, meeting, work, outcomes[rank]);
  };
  {
    std::vector<std::jthread> threads;
    threads.reserve(ranks - 1);
    try {
      for (std::size_t rank = 1; rank < ranks; ++rank) {
        threads.emplace_back(run, rank);
      }
    } catch (const std::exception& error) {
      meeting.fail(0, error.what());
      throw;
    }
    run(0);
  }
  if (const auto failed = meeting.failed()) {
    const Outcome& first = outcomes[*failed];
    if (std::all_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
          return outcome.error && outcome.text == first.text;
        })) {
      std::rethrow_exception(first.error);
    }
    throw_state_error("ranks", meeting.failure());
  }
}

}  // namespace rondo
