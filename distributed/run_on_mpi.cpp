#include "rondo/distributed/run_on_mpi.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mpi.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/threads.hpp"
#include "rondo/distributed/launcher.hpp"

namespace rondo {

namespace {

constexpr int failure_status = 2;
constexpr int sum_tag = 1;
constexpr int failure_tag = 2;
constexpr std::size_t most_bytes = std::size_t{1} << 30;  // MPI counts in int

class MpiRank final : public Communicator {
 public:
  MpiRank(int rank, int size)
      : Communicator(static_cast<std::size_t>(rank), static_cast<std::size_t>(size)) {}

  void sum_in_any_order(std::span<float> values) override { all_reduce(values, MPI_FLOAT); }

  void sum_in_any_order(std::span<double> values) override { all_reduce(values, MPI_DOUBLE); }

  void abort(const std::string& reason) override {
    std::fprintf(stderr, "rank %zu of %zu: %s\n", rank(), size(), reason.c_str());
    std::fflush(nullptr);
    MPI_Abort(MPI_COMM_WORLD, failure_status);
  }

 protected:
  void exchange(std::size_t partner,
                std::span<const std::byte> out,
                std::span<std::byte> in) override {
    const int other = static_cast<int>(partner);
    while (!out.empty() || !in.empty()) {
      const auto sent = out.first(std::min(out.size(), most_bytes));
      const auto received = in.first(std::min(in.size(), most_bytes));
      const int source = received.empty() ? MPI_PROC_NULL : other;
      const int target = sent.empty() ? MPI_PROC_NULL : other;
      MPI_Status status;
      MPI_Sendrecv(sent.data(),
                   static_cast<int>(sent.size()),
                   MPI_BYTE,
                   target,
                   sum_tag,
                   received.data(),
                   static_cast<int>(received.size()),
                   MPI_BYTE,
                   source,
                   sum_tag,
                   MPI_COMM_WORLD,
                   &status);
      check_size(partner, received.size(), status);
      out = out.subspan(sent.size());
      in = in.subspan(received.size());
    }
  }

 private:
  /// More than was expected is an error of MPI's own, which ends the job.
  static void check_size(std::size_t partner, std::size_t expected, MPI_Status& status) {
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    if (static_cast<std::size_t>(count) != expected) {
      throw_state_error(
          "ranks",
          fmt::format("rank {} sends {} bytes where {} are expected: the ranks do not "
                      "make the same calls",
                      partner,
                      count,
                      expected));
    }
  }

  template <Real T>
  static void all_reduce(std::span<T> values, MPI_Datatype type) {
    constexpr std::size_t most = most_bytes / sizeof(T);
    for (std::size_t first = 0; first < values.size(); first += most) {
      const std::size_t count = std::min(most, values.size() - first);
      MPI_Allreduce(MPI_IN_PLACE,
                    values.data() + first,
                    static_cast<int>(count),
                    type,
                    MPI_SUM,
                    MPI_COMM_WORLD);
    }
  }
};

/// Waits for what other ranks say of their failure, if they fail too, as they do when an option is
/// wrong. @return whether all of them say the same within a moment
bool all_fail_with(const std::string& text, int size) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(500);
  int same = 1;
  while (same < size && Clock::now() < end) {
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, failure_tag, MPI_COMM_WORLD, &there, &status);
    if (there == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    int length = 0;
    MPI_Get_count(&status, MPI_CHAR, &length);
    std::string other(static_cast<std::size_t>(length), '\0');
    MPI_Recv(other.data(),
             length,
             MPI_CHAR,
             status.MPI_SOURCE,
             failure_tag,
             MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    same += other == text ? 1 : 0;
  }
  return same == size;
}

/// Reports the failure once and ends the job: the first rank does so if it fails too, which the others
/// give it the time for.
void end_job(const std::string& text, int rank, int size, const MpiOptions& options) {
  bool shared = false;
  if (rank == 0) {
    shared = all_fail_with(text, size);
  } else {
    MPI_Request request;
    MPI_Isend(text.data(),
              static_cast<int>(text.size()),
              MPI_CHAR,
              0,
              failure_tag,
              MPI_COMM_WORLD,
              &request);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  const bool names_rank = shared || text.starts_with("[ranks] ");
  const std::string line = names_rank ? text : fmt::format("rank {} of {}: {}", rank, size, text);
  if (options.report) {
    options.report(line);
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(nullptr);
  MPI_Abort(MPI_COMM_WORLD, failure_status);
}

/// Processes of one machine share its processors, unless the user has said how many threads each has.
void share_processors() {
  if (std::getenv("RONDO_NUM_THREADS") != nullptr) {
    return;
  }
  MPI_Comm machine;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  int neighbours = 1;
  MPI_Comm_size(machine, &neighbours);
  MPI_Comm_free(&machine);
  const long fair = ::sysconf(_SC_NPROCESSORS_ONLN) / neighbours;
  set_num_threads(std::min(num_threads(), static_cast<std::size_t>(std::max(fair, 1L))));
}

void begin_mpi(int& rank, int& size) {
  int begun = 0;
  MPI_Initialized(&begun);
  if (begun != 0) {
    throw_state_error("run_on_mpi", "MPI was begun before in this process: call it once");
  }
  int provided = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
}

}  // namespace

int run_on_mpi(const std::function<int(Communicator&)>& work, const MpiOptions& options) {
  int rank = 0, size = 1;
  begin_mpi(rank, size);
  int status = failure_status;
  std::string failure;
  try {
    const auto launched = launched_ranks();
    if (launched && size == 1 && *launched > 1) {
      throw_state_error(
          "run_on_mpi",
          fmt::format("the launcher has started {} processes, of which MPI knows this "
                      "one alone: start them with the launcher of the MPI that rondo "
                      "was built with",
                      *launched));
    }
    share_processors();
    MpiRank ranks(rank, size);
    status = work(ranks);
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "an exception of unknown type";
  }
  if (!failure.empty()) {
    end_job(failure, rank, size, options);
  }
  MPI_Finalize();
  return status;
}

}  // namespace rondo
