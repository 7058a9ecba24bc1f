// The smallest pass of a tape, and what the processor can do at most.
#include <atomic>
#include <memory>

#include "rondo/bench/machine_kernels.hpp"
#include "rondo/bench/rondo_contestant.hpp"
#include "rondo/core/core.hpp"
#include "rondo/core/threads.hpp"

namespace rondo::bench {

namespace {

/// y = tanh(x) and dy/dx, x a leaf that needs a gradient.
Prepared one_element_op() {
  const auto tape = std::make_shared<Tape<float>>();
  const auto x = std::make_shared<Parameter<float>>("x", Tensor<float>::full({1}, 0.5F));
  return {.run = [tape, x] {
    tape->reset();
    tape->backward(tanh(tape->parameter(*x)));
  }};
}

/// 10⁹ operations, handed out in pieces that keep all threads busy to the end.
Prepared fma_peak() {
  constexpr double operations = 1e9;
  const std::size_t pieces = num_threads() == 1 ? 1 : 32 * num_threads();
  const auto& table = kernels::chosen<MachineTable>();
  const auto turns = static_cast<std::size_t>(
      operations / static_cast<double>(table.operations_per_turn * pieces));
  return {.run = [pieces, turns, &table] {
    std::atomic<int> finite = 0;
    auto piece = [&](std::size_t) { finite += table.multiply_add(turns) < 1e9F ? 1 : 0; };
    parallel_for(pieces, piece);
  }};
}

}  // namespace

Prepared prepare_machine(const Work& work) {
  if (work.kind == "one_element_op") {
    return one_element_op();
  }
  if (work.kind == "fma_peak") {
    return fma_peak();
  }
  return {};
}

}  // namespace rondo::bench
