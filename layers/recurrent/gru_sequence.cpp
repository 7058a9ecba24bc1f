#include "rondo/layers/recurrent/gru_sequence.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/detail/denormals.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/core/threads.hpp"
#include "rondo/layers/recurrent/detail/gru_panels.hpp"

namespace rondo {

namespace {

/// Rows (step, sample) of a chunk: a panel of them is half of a first-level cache.
constexpr std::size_t chunk_rows = 256;

using kernels::GruCall;
using kernels::GruResult;
using kernels::GruRule;
using kernels::GruTable;

/// The place of an optional input in the op's list; -1 if it is not there.
struct InputIndex {
  int bias = -1;
  int initial_state = -1;
};

/// What the rule needs.
template <Real T>
struct SavedSequence {
  GruCall<T> call;
  kernels::Steps<T> outputs;  // data is null unless all are returned
  std::size_t output_size;    // elements before the final state in the result
  bool with_state;
  InputIndex at;
};

struct Sizes {
  std::size_t batch;
  std::size_t steps;
  std::size_t features;
  std::size_t units;
};

template <Real T>
Sizes check_shapes(const GruSequenceInputs<T>& in, const GruSequenceOptions& o) {
  const Shape x = in.inputs.shape();
  const Shape kernel = in.kernel.shape();
  const Shape recurrent = in.recurrent_kernel.shape();
  const NamedShape named_x{"inputs", x};
  const NamedShape named_kernel{"kernel", kernel};
  const NamedShape named_recurrent{"recurrent_kernel", recurrent};
  if (x.rank() != 3 || kernel.rank() != 2 || recurrent.rank() != 2 || kernel[0] != x[2] ||
      kernel[1] != recurrent[1] || recurrent[1] != 3 * recurrent[0]) {
    throw_shape_error("gru_sequence",
                      "expected inputs [N, S, F], kernel [F, 3·H], recurrent_kernel [H, 3·H]",
                      {named_x, named_kernel, named_recurrent});
  }
  const Sizes s{o.time_major ? x[1] : x[0], o.time_major ? x[0] : x[1], x[2], recurrent[0]};
  if (x.size() == 0) {
    throw_argument_error(
        "gru_sequence",
        fmt::format("expected at least one sample, step and feature: inputs {}", to_string(x)));
  }
  const auto check = [](const char* name, const Shape& expected, const Shape& found) {
    if (expected != found) {
      throw_shape_error("gru_sequence",
                        fmt::format("{} does not fit", name),
                        {{"expected", expected}, {"found", found}});
    }
  };
  if (in.bias) {
    check("bias", o.reset_after ? Shape{2, 3 * s.units} : Shape{3 * s.units}, in.bias.shape());
  }
  if (in.initial_state) {
    check("initial_state", {s.batch, s.units}, in.initial_state.shape());
  }
  if (in.mask) {
    check("mask", {x[0], x[1]}, in.mask.shape());
  }
  const auto check_masks = [&](const char* name, const auto& masks, const Shape& expected) {
    if (masks.size() > 1 && masks.size() != kernels::gru_gates) {
      throw_argument_error("gru_sequence",
                           fmt::format("expected 0, 1 or 3 {}s, got {}", name, masks.size()));
    }
    for (const Variable<T>& mask : masks) {
      check(name, expected, mask.shape());
    }
  };
  check_masks("input mask", in.input_masks, {s.batch, s.features});
  check_masks("state mask", in.state_masks, {s.batch, s.units});
  return s;
}

/// Saved values must fit into the machine's memory and their offsets into 64 bits.
template <Real T>
void check_memory(const Sizes& s, const GruTable<T>& kernels) {
  const auto product = [](std::initializer_list<std::size_t> factors) {
    std::size_t result = 1;
    for (const std::size_t factor : factors) {
      if (__builtin_mul_overflow(result, factor, &result)) {
        return static_cast<std::size_t>(-1);
      }
    }
    return result;
  };
  const std::size_t width = kernels.panels(s.units) * kernels.width;
  const std::size_t bytes = product({s.steps + 1, s.batch, width, 5 * sizeof(T)});
  const std::size_t memory = product({static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)),
                                      static_cast<std::size_t>(sysconf(_SC_PAGESIZE))});
  if (bytes > memory) {
    throw_argument_error(
        "gru_sequence",
        fmt::format("{} samples of {} steps with {} units need more than this machine's {} MiB",
                    s.batch,
                    s.steps,
                    s.units,
                    memory >> 20));
  }
}

/// A tensor [N, S, features] or [S, N, features] as the kernels see it.
template <class U>
kernels::Steps<U> as_steps(
    U* data, std::size_t batch, std::size_t steps, std::size_t features, bool time_major) {
  return time_major ? kernels::Steps<U>{data, features, batch * features}
                    : kernels::Steps<U>{data, steps * features, features};
}

/// Mask and first valid steps, copied to the tape.
template <Real T>
void copy_mask(Tape<T>& tape, TensorView<const bool> mask, bool time_major, GruCall<T>& call) {
  const auto copy = tape.template array<bool>(mask.size());
  std::copy(mask.begin(), mask.end(), copy.begin());
  call.mask = as_steps<const bool>(copy.data(), call.batch, call.steps, 1, time_major);
  const auto first = tape.template array<std::size_t>(call.batch);
  for (std::size_t n = 0; n < call.batch; ++n) {
    first[n] = 0;
    while (first[n] < call.steps &&
           !*call.mask.at(n, call.go_backwards ? call.steps - 1 - first[n] : first[n])) {
      ++first[n];
    }
  }
  call.first_valid = first.data();
}

template <Real T>
GruCall<T> make_call(const GruSequenceInputs<T>& in, const GruSequenceOptions& o, const Sizes& s) {
  Tape<T>& tape = in.inputs.tape();
  const auto& table = kernels::gru_table<T>(s.units);
  const auto take = [&](std::size_t n) { return tape.template array<T>(n).data(); };
  GruCall<T> call{};
  call.batch = s.batch;
  call.steps = s.steps;
  call.features = s.features;
  call.units = s.units;
  call.recurrent_activation = o.recurrent_activation;
  call.activation = o.activation;
  call.reset_after = o.reset_after;
  call.go_backwards = o.go_backwards;
  call.zero_output_for_mask = o.zero_output_for_mask;
  call.masked_output = o.masked_output;
  call.legacy_masked_carry = o.legacy_masked_carry && !in.state_masks.empty();
  call.recording = tape.recording();
  call.x = as_steps(in.inputs.value().data(), s.batch, s.steps, s.features, o.time_major);
  if (in.mask) {
    copy_mask(tape, in.mask, o.time_major, call);
  }
  call.initial_state = in.initial_state ? in.initial_state.value().data() : nullptr;
  for (std::size_t i = 0; i < in.input_masks.size(); ++i) {
    call.input_masks[i] = in.input_masks[i].value().data();
  }
  for (std::size_t i = 0; i < in.state_masks.size(); ++i) {
    T* const panels = take(table.size(s.batch, s.units));
    table.pack(in.state_masks[i].value().data(), s.units, s.batch, s.units, panels);
    call.state_masks[i] = panels;
  }
  call.weights = {pack_gates(in.kernel.value(), false, take),
                  pack_gates(in.recurrent_kernel.value(), false, take),
                  pack_bias(in.bias ? in.bias.value() : TensorView<const T>{}, s.units, take)};
  call.states = take(table.size(call.recording ? (s.steps + 1) * s.batch : 2 * s.batch, s.units));
  for (T*& gate : call.gates) {
    gate = take(table.size(call.recording ? s.steps * s.batch : s.batch, s.units));
  }
  call.inputs_first = call.recording && 2 * s.batch <= table.max_rows;
  const std::size_t x_rows = call.inputs_first ? s.steps * s.batch : s.batch;
  call.x_panels =
      take(std::max<std::size_t>(1, in.input_masks.size()) * table.size(x_rows, s.features));
  call.h_panels = take((in.state_masks.size() + 1) * table.size(s.batch, s.units));
  return call;
}

/// Whether handing work to other threads costs little beside the work: some microseconds beside
/// multiply-adds of the forward pass.
template <Real T>
bool is_large(const GruCall<T>& call) {
  constexpr double worth = 2e7;
  return static_cast<double>(call.batch * call.steps) * static_cast<double>(3 * call.units) *
             static_cast<double>(call.features + call.units) >
         worth;
}

template <class F>
void for_tasks(std::size_t tasks, bool parallel, F f) {
  if (parallel) {
    auto task = [&](std::size_t i) {
      const FlushDenormals in_this_thread;
      f(i);
    };
    parallel_for(tasks, task);
    return;
  }
  const FlushDenormals in_this_thread;
  for (std::size_t i = 0; i < tasks; ++i) {
    f(i);
  }
}

/// f(first, last) for shards of the samples, one for each thread, cut at tiles.
template <Real T, class F>
void for_samples(const GruCall<T>& call, bool parallel, F f) {
  const kernels::Tiling tiles = kernels::gru_table<T>(call.units).tiling(call.batch);
  const std::size_t shards = parallel ? std::min(num_threads(), tiles.count()) : 1;
  for_tasks(shards, parallel, [&](std::size_t i) {
    f(tiles.begin(tiles.count() * i / shards), tiles.begin(tiles.count() * (i + 1) / shards));
  });
}

/// The op's inputs that are there.
template <Real T>
struct InputList {
  explicit InputList(const GruSequenceInputs<T>& in)
      : variables{in.inputs, in.kernel, in.recurrent_kernel} {
    if (in.bias) {
      at.bias = append(in.bias);
    }
    if (in.initial_state) {
      at.initial_state = append(in.initial_state);
    }
  }

  int append(const Variable<T>& input) {
    variables[count] = input;
    return static_cast<int>(count++);
  }

  [[nodiscard]] std::span<const Variable<T>> list() const { return {variables.data(), count}; }

  std::array<Variable<T>, 5> variables;
  std::size_t count = 3;
  InputIndex at;
};

template <Real T>
void run_forward(const SavedSequence<T>& saved, TensorView<T> y) {
  const GruCall<T>& call = saved.call;
  const auto& table = kernels::gru_table<T>(call.units);
  GruResult<T> out{};
  if (saved.outputs.sample != 0) {
    out.outputs = {y.data(), saved.outputs.sample, saved.outputs.step};
  } else {
    out.last_output = y.data();
  }
  out.last_state = saved.with_state ? y.data() + saved.output_size : nullptr;
  for_samples(call, is_large(call), [&](std::size_t first, std::size_t last) {
    table.forward(call, out, first, last);
  });
}

/// Gradients of the result: outputs, and behind them the final state if it has a place of its own.
template <Real T>
GruRule<T> make_rule(const Gradients<T>& g, const SavedSequence<T>& s) {
  const GruCall<T>& call = s.call;
  const auto take = [&](std::size_t n) { return g.template workspace<T>(n).data(); };
  const auto slot = [&](int i) {
    return i < 0 ? nullptr : g.of(static_cast<std::size_t>(i)).data();
  };
  const T* const gradient = g.grad().data();
  GruRule<T> rule{};
  if (s.outputs.sample != 0) {
    rule.d_outputs = {gradient, s.outputs.sample, s.outputs.step};
  } else {
    rule.d_last_output = gradient;
  }
  rule.d_last_state = s.with_state ? gradient + s.output_size : nullptr;
  rule.weights.recurrent = pack_gates(g.input(2), true, take);
  if (T* const dx = slot(0)) {
    rule.dx = {dx, call.x.sample, call.x.step};
    rule.weights.kernel = pack_gates(g.input(1), true, take);
  }
  rule.d_kernel = slot(1);
  rule.d_recurrent = slot(2);
  rule.d_bias = slot(s.at.bias);
  rule.d_initial_state = slot(s.at.initial_state);
  return rule;
}

/// Chunks of steps: their gate gradients fit into the second-level cache, a panel of them into half
/// of the first.
template <Real T>
void run_rule(const Gradients<T>& g, const SavedSequence<T>& s) {
  const GruCall<T>& call = s.call;
  const auto& table = kernels::gru_table<T>(call.units);
  GruRule<T> rule = make_rule(g, s);
  const std::size_t chunk = std::clamp<std::size_t>(chunk_rows / call.batch, 1, call.steps);
  const std::size_t rows = chunk * call.batch;
  const auto take = [&](std::size_t n) { return g.template workspace<T>(n).data(); };
  rule.carry = take(table.size(call.batch, call.units));
  rule.part = take(call.batch * table.width);
  for (T*& gate : rule.d_gates) {
    gate = take(table.size(rows, call.units));
  }
  rule.x_panels = take(std::max<std::size_t>(1, kernels::count_masks(call.input_masks)) *
                       table.size(rows, call.features));
  rule.dx_panels = rule.dx.data != nullptr ? take(table.size(rows, call.features)) : nullptr;
  rule.h_panels = take((kernels::count_masks(call.state_masks) + 1) * table.size(rows, call.units));
  const std::size_t panels = table.panels(call.units);
  const std::size_t weight_tasks =
      (call.reset_after ? kernels::Slot::count : kernels::gru_gates) * panels;
  const std::size_t input_tasks = rule.dx.data != nullptr ? table.panels(call.features) : 0;
  const bool parallel = is_large(call);
  for (std::size_t end = call.steps; end > 0;) {
    const std::size_t begin = end > chunk ? end - chunk : 0;
    for_samples(call, parallel, [&](std::size_t first, std::size_t last) {
      table.backward(call, rule, begin, end, first, last);
    });
    for_tasks(weight_tasks + input_tasks, parallel, [&](std::size_t i) {
      if (i < weight_tasks) {
        table.weights(call, rule, begin, end, i / panels, i % panels);
      } else {
        table.inputs(call, rule, begin, end, i - weight_tasks);
      }
    });
    end = begin;
  }
}

/// The part of a flat result that begins at `offset`.
template <Real T>
Variable<T> part(OpName name, const Variable<T>& result, std::size_t offset, const Shape& shape) {
  return result.tape().record_alias(
      name, result, offset, shape, offset, [](const Gradients<T>& g, const std::size_t& first) {
        if (const auto dx = g.of(0)) {
          kernels::add_into(g.grad().data(), dx.data() + first, g.grad().size());
        }
      });
}

}  // namespace

template <Real T>
RecurrentOutput<T> gru_sequence(const GruSequenceInputs<T>& in, const GruSequenceOptions& o) {
  const Sizes s = check_shapes(in, o);
  const auto& table = kernels::gru_table<T>(s.units);
  check_memory(s, table);
  Tape<T>& tape = in.inputs.tape();
  const InputList<T> inputs(in);
  SavedSequence<T> saved{
      make_call(in, o, s), {}, s.batch * s.units, static_cast<bool>(in.mask), inputs.at};
  Shape shape{s.batch, s.units};
  if (o.return_sequences) {
    shape = o.time_major ? shape.insert(0, s.steps) : shape.insert(1, s.steps);
    saved.outputs = as_steps<T>(nullptr, s.batch, s.steps, s.units, o.time_major);
    saved.output_size = shape.size();
  }
  const Variable<T> result = tape.record(
      "gru_sequence",
      inputs.list(),
      saved.with_state ? Shape{shape.size() + s.batch * s.units} : shape,
      [&](TensorView<T> y) { run_forward(saved, y); },
      saved,
      [](const Gradients<T>& g, const SavedSequence<T>& kept) { run_rule(g, kept); });

  const auto states = tape.template array<Variable<T>>(1);
  if (!saved.with_state) {
    states[0] = o.return_sequences ? select(result, o.time_major ? 0 : 1, s.steps - 1) : result;
    return {result, states};
  }
  states[0] = part<T>("gru_state", result, saved.output_size, {s.batch, s.units});
  return {part<T>("gru_output", result, 0, shape), states};
}

template RecurrentOutput<float> gru_sequence(const GruSequenceInputs<float>&,
                                             const GruSequenceOptions&);
template RecurrentOutput<double> gru_sequence(const GruSequenceInputs<double>&,
                                              const GruSequenceOptions&);

}  // namespace rondo
