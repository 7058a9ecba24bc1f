// Single kernels (Google Benchmark): `build/release/bench/rondo_bench_micro`.
#include <benchmark/benchmark.h>
#include <vector>

#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/core/kernels/gemm.hpp"
#include "rondo/core/kernels/softmax.hpp"

namespace {

using namespace rondo;

template <class Formula>
void unary(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::vector<float> x(n, 0.3F);
  std::vector<float> y(n);
  for (auto _ : state) {
    kernels::unary(Formula{}, x.data(), y.data(), n);
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void multiply(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::vector<float> x(n, 0.3F);
  std::vector<float> y(n);
  for (auto _ : state) {
    kernels::binary(kernels::Multiply{}, x.data(), 1, x.data(), 1, y.data(), n);
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void softmax(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::vector<float> x(32 * n, 0.3F);
  std::vector<float> y(32 * n);
  for (auto _ : state) {
    kernels::softmax(x.data(), 32, n, 1, y.data());
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 32);
}

/// c = a b for the recurrent product of a step: [rows, units] by [units, 3 units].
void gemm(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto units = static_cast<std::size_t>(state.range(1));
  const std::vector<float> a(rows * units, 0.1F);
  const std::vector<float> b(units * 3 * units, 0.1F);
  std::vector<float> c(rows * 3 * units);
  for (auto _ : state) {
    kernels::gemm(kernels::Transpose::no,
                  kernels::Transpose::no,
                  rows,
                  3 * units,
                  units,
                  1.0F,
                  a.data(),
                  units,
                  b.data(),
                  3 * units,
                  0.0F,
                  c.data(),
                  3 * units);
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(2.0 * static_cast<double>(rows * units * 3 * units) *
                             static_cast<double>(state.iterations()) / 1e9,
                         benchmark::Counter::kIsRate);
}

BENCHMARK(unary<kernels::Tanh>)->Arg(1)->Arg(16)->Arg(4096);
BENCHMARK(unary<kernels::Sigmoid>)->Arg(1)->Arg(16)->Arg(4096);
BENCHMARK(multiply)->Arg(1)->Arg(16)->Arg(4096);
BENCHMARK(softmax)->Arg(10)->Arg(1000);
BENCHMARK(gemm)->Args({1, 16})->Args({1, 128})->Args({32, 128})->Args({128, 512});

}  // namespace

BENCHMARK_MAIN();
