// Single kernels (Google Benchmark): `build/release/bench/rondo_bench_micro`.
#include <vector>

#include <benchmark/benchmark.h>

#include "rondo/bench/machine_kernels.hpp"
#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/core/kernels/gemm.hpp"
#include "rondo/core/kernels/gru.hpp"
#include "rondo/core/kernels/softmax.hpp"

namespace {

using namespace rondo;

template <class Formula>
void unary(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::vector<float> x(n);  // in [-4, 4): some formulas have branches
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = static_cast<float>(i % 37) * (8.0F / 37.0F) - 4.0F;
  }
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

void count_operations(benchmark::State& state, std::size_t multiply_adds) {
  state.counters["GFLOP/s"] = benchmark::Counter(
      2.0 * static_cast<double>(multiply_adds) * static_cast<double>(state.iterations()) / 1e9,
      benchmark::Counter::kIsRate);
}

/// What the machine can do at most.
void multiply_add(benchmark::State& state) {
  constexpr std::size_t turns = 100000;
  const auto& table = kernels::chosen<bench::MachineTable>();
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.multiply_add(turns));
  }
  count_operations(state, turns * table.operations_per_turn / 2);
}

/// One tile of the packed product: rows, all of a tile if 0, by the length of the sum.
void tile(benchmark::State& state) {
  const auto& table = kernels::chosen<bench::MachineTable>();
  const std::size_t rows =
      state.range(0) == 0 ? table.tile_rows : static_cast<std::size_t>(state.range(0));
  const auto inner = static_cast<std::size_t>(state.range(1));
  const std::size_t padded = (inner + table.tile_cols - 1) / table.tile_cols * table.tile_cols;
  const std::vector<float> a(rows * padded, 0.1F);
  const std::vector<float> b(inner * table.tile_cols, 0.1F);
  std::vector<float> out(rows * table.tile_cols);
  for (auto _ : state) {
    table.tile(rows, a.data(), b.data(), inner, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  count_operations(state, rows * table.tile_cols * inner);
}

/// A gate's weight [units, units] of a recurrent kernel into panels, as once in every pass.
void pack(benchmark::State& state, bool transposed) {
  const auto& table = kernels::chosen<kernels::GruTable<float>>();
  const auto units = static_cast<std::size_t>(state.range(0));
  const std::vector<float> weight(units * 3 * units, 0.1F);
  std::vector<float> panels(table.size(units, units));
  for (auto _ : state) {
    (transposed ? table.pack_transposed : table.pack)(
        weight.data(), 3 * units, units, units, panels.data());
    benchmark::DoNotOptimize(panels.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(0));
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
  count_operations(state, rows * units * 3 * units);
}

BENCHMARK(unary<kernels::Tanh>)->Arg(1)->Arg(16)->Arg(128)->Arg(4096);
BENCHMARK(unary<kernels::Sigmoid>)->Arg(1)->Arg(16)->Arg(128)->Arg(4096);
BENCHMARK(multiply)->Arg(1)->Arg(16)->Arg(128)->Arg(4096);
BENCHMARK(softmax)->Arg(10)->Arg(1000);
BENCHMARK(multiply_add);
BENCHMARK(tile)->ArgsProduct({{0, 1, 4}, {16, 128, 512}});
BENCHMARK_CAPTURE(pack, as_it_is, false)->Arg(16)->Arg(128)->Arg(512);
BENCHMARK_CAPTURE(pack, transposed, true)->Arg(16)->Arg(128)->Arg(512);
BENCHMARK(gemm)->Args({1, 16})->Args({1, 128})->Args({32, 128})->Args({128, 512});

}  // namespace

BENCHMARK_MAIN();
