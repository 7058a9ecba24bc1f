/// The side of a contestant: a program of its own, so that its threads, its BLAS and its settings
/// are its own. It answers on standard output what it is asked on standard input, line by line:
///
///   (start)        → hello <tab> name <tab> version <tab> threads <tab> remark
///   prepare NAME   → ready RESULT GRADIENT, or none if it does not have this work; replaces the
///                    previous work
///   time N         → NANOSECONDS CPU_NANOSECONDS of N runs
///   (end of input) → ends
///
/// `error <tab> text` instead if something fails. python_peers/serve.py speaks the same.
#pragma once

#include <functional>
#include <limits>
#include <string>

#include "rondo/bench/work.hpp"

namespace rondo::bench {

/// What shows that two programs did the same work; NaN where they need not agree (dropout) or
/// nobody compares.
struct Results {
  double result = std::numeric_limits<double>::quiet_NaN();    // sum of the outputs
  double gradient = std::numeric_limits<double>::quiet_NaN();  // Σ dU², U the recurrent kernel
};

/// A work, ready to run any number of times.
struct Prepared {
  std::function<void()> run;  // empty: this contestant does not have the work
  std::function<Results()> results = [] { return Results{}; };  // of the last run
};

struct Identity {
  std::string name;
  std::string version;
  std::size_t threads = 1;
  std::string remark;
};

/// Serves until the input ends. @return for `main`
int serve(const Identity& identity, const std::function<Prepared(const Work&)>& prepare);

/// BENCH_THREADS, which the harness sets; 1 without it.
[[nodiscard]] std::size_t requested_threads();

}  // namespace rondo::bench
