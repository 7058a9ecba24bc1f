#include "rondo/core/fuse.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/detail/broadcast.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/fuse.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

namespace {

using detail::FusedProgram;
using detail::max_fused_inputs;
using kernels::FusedCall;
using kernels::FusedOutput;
using kernels::Grid;

/// How a block of columns lies beside the result's rows: a step of 0 repeats it.
struct Block {
  std::size_t first;
  std::size_t count;
  std::size_t row_step;
  std::size_t column_step;
  /// Its gradient may be overwritten: this and its neighbours are all columns, each once.
  bool covered;
};

struct FusedPass {
  const FusedProgram* program;
  const Block* blocks;
};

template <Real T>
Shape shape_of(const Columns<T>& c) {
  const Shape shape = c.x.shape();
  return c.count == 0 ? shape : shape.with_dim(shape.rank() - 1, c.count);
}

std::size_t columns_of(const Shape& shape) {
  return shape.rank() == 0 ? 1 : shape.back();
}

/// A block of columns of an input; none if it is repeated in another way than whole, by rows, by
/// columns or as one number.
std::optional<Block> fit(const Shape& x,
                         std::size_t first,
                         std::size_t count,
                         const Shape& result) {
  const std::size_t width = columns_of(x);
  const std::size_t rows = width == 0 ? 0 : x.size() / width;
  const std::size_t columns = columns_of(result);
  const std::size_t result_rows = columns == 0 ? 0 : result.size() / columns;
  const std::size_t row_step = rows == result_rows ? width : 0;
  const std::size_t column_step = count == columns ? 1 : 0;
  if ((rows != result_rows && rows != 1) || (count != columns && count != 1)) {
    return std::nullopt;
  }
  return Block{first, count, row_step, column_step, false};
}

template <Real T>
Shape common_shape(std::span<const Columns<T>> inputs) {
  Shape result = shape_of(inputs[0]);
  for (const Columns<T>& input : inputs.subspan(1)) {
    result = broadcast_shape("fuse", result, shape_of(input), "those before", "the next input");
  }
  return result;
}

template <Real T>
bool same_variable(const Variable<T>& a, const Variable<T>& b) {
  using Words = std::array<std::uint64_t, 2>;
  return std::bit_cast<Words>(a) == std::bit_cast<Words>(b);
}

/// Marks runs of blocks that are all columns of a variable which is no input beside them, if all of
/// their gradients are made.
template <Real T>
void mark_covered(const FusedProgram& program,
                  std::span<const Variable<T>> inputs,
                  std::span<Block> blocks) {
  for (std::size_t i = 0; i < blocks.size();) {
    const auto same = [&](std::size_t k) { return same_variable(inputs[k], inputs[i]); };
    bool whole = true;
    std::size_t end = i;
    std::size_t columns = 0;
    for (; end < blocks.size() && same(end) && blocks[end].first == columns; ++end) {
      columns += blocks[end].count;
      whole = whole && blocks[end].row_step != 0 && blocks[end].column_step == 1 &&
              program.backward.outputs[end] >= 0;
    }
    whole = whole && columns == blocks[i].row_step;
    for (std::size_t k = 0; k < blocks.size() && whole; ++k) {
      whole = (k >= i && k < end) || !same(k);
    }
    end = std::max(end, i + 1);
    for (; i < end; ++i) {
      blocks[i].covered = whole;
    }
  }
}

/// The variables of the inputs; what is repeated in an unusual way is repeated by an op.
template <Real T>
std::span<Variable<T>> fitting_inputs(std::span<const Columns<T>> inputs,
                                      const Shape& result,
                                      std::span<Block> blocks) {
  const auto variables = inputs[0].x.tape().template array<Variable<T>>(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape shape = inputs[i].x.shape();
    const std::size_t count = inputs[i].count == 0 ? columns_of(shape) : inputs[i].count;
    variables[i] = inputs[i].x;
    auto block = fit(shape, inputs[i].first, count, result);
    if (!block) {
      variables[i] = broadcast_to(variable_of(inputs[i]), result);
      block = fit(result, 0, columns_of(result), result);
    }
    blocks[i] = *block;
  }
  return variables;
}

template <Real T>
void set_size(const detail::FusedCode& code, const Shape& shape, FusedCall<T>& call) {
  call.code = code.code.data();
  call.code_size = code.code.size();
  call.num_places = code.places;
  call.columns = columns_of(shape);
  call.rows = call.columns == 0 ? 0 : shape.size() / call.columns;
}

template <Real T>
Grid<const T> grid_of(TensorView<const T> x, const Block& block) {
  return {x.data() + block.first, block.row_step, block.column_step};
}

template <Real T>
void run_forward(const FusedProgram& program,
                 std::span<const Variable<T>> variables,
                 std::span<const Block> blocks,
                 TensorView<T> y) {
  std::array<Grid<const T>, max_fused_inputs> inputs;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    inputs[i] = grid_of(variables[i].value(), blocks[i]);
  }
  FusedCall<T> call{};
  set_size(program.forward, y.shape(), call);
  const FusedOutput<T> output{
      {y.data(), call.columns, 1}, static_cast<std::uint8_t>(program.forward.outputs[0]), true};
  call.wanted = 1;
  call.inputs = inputs.data();
  call.num_inputs = variables.size();
  call.outputs = &output;
  call.num_outputs = 1;
  kernels::run_fused(call);
}

template <Real T>
void run_rule(const Gradients<T>& g, const FusedPass& saved) {
  const detail::FusedCode& code = saved.program->backward;
  const std::size_t n = g.num_inputs();
  const Shape shape = g.value().shape();
  std::array<Grid<const T>, max_fused_inputs + 1> inputs;
  std::array<FusedOutput<T>, max_fused_inputs> outputs;
  FusedCall<T> call{};
  bool fresh = false;
  for (std::size_t i = 0; i < n; ++i) {
    const Block& block = saved.blocks[i];
    inputs[i] = grid_of(g.input(i), block);
    if (code.outputs[i] < 0) {
      continue;
    }
    const auto place = block.covered ? g.take(i) : GradientPlace<T>{g.of(i)};
    fresh = block.first == 0 ? place.fresh : fresh;  // blocks are taken with the first of them
    if (place.view) {
      outputs[call.num_outputs++] = {
          {place.view.data() + block.first, inputs[i].row_step, inputs[i].column_step},
          static_cast<std::uint8_t>(code.outputs[i]),
          block.covered && fresh};
      call.wanted |= std::uint32_t{1} << i;
    }
  }
  set_size(code, shape, call);
  inputs[n] = {g.grad().data(), call.columns, 1};
  call.inputs = inputs.data();
  call.num_inputs = n + 1;
  call.outputs = outputs.data();
  kernels::run_fused(call);
}

}  // namespace

template <Real T>
Columns<T>::Columns(const Variable<T>& variable, std::size_t first_column, std::size_t number)
    : x(variable), first(first_column), count(number) {
  const std::size_t width = variable.shape().rank() == 0 ? 0 : variable.shape().back();
  if (number == 0 || first_column >= width || number > width - first_column) {
    throw_argument_error("Columns",
                         fmt::format("{} columns from {} on are no part of x {}",
                                     number,
                                     first_column,
                                     to_string(variable.shape())));
  }
}

template <Real T>
Variable<T> variable_of(const Columns<T>& columns) {
  const auto& [x, first, count] = columns;
  const Shape shape = x.shape();
  return count == 0 || count == shape.back()
             ? x
             : slice(x, static_cast<int>(shape.rank()) - 1, first, first + count);
}

namespace detail {

template <Real T>
std::size_t columns_of_part(const Variable<T>& x, std::size_t n) {
  const Shape shape = x.shape();
  const std::size_t width = shape.rank() == 0 ? 0 : shape.back();
  if (width == 0 || width % n != 0) {
    throw_argument_error(
        "parts",
        fmt::format(
            "the last axis of x {} cannot be cut into {} equal parts", to_string(shape), n));
  }
  return width / n;
}

template <Real T>
Variable<T> run_fused(const FusedProgram& program, std::span<const Columns<T>> inputs) {
  Tape<T>& tape = inputs[0].x.tape();
  const Shape shape = common_shape(inputs);
  const auto blocks = tape.template array<Block>(inputs.size());
  const auto variables = fitting_inputs(inputs, shape, blocks);
  const std::span<const Variable<T>> list = variables;
  if (tape.recording()) {
    mark_covered(program, list, blocks);
  }
  return tape.record(
      "fuse",
      list,
      shape,
      [&](TensorView<T> y) { run_forward<T>(program, list, blocks, y); },
      FusedPass{&program, blocks.data()},
      [](const Gradients<T>& g, const FusedPass& saved) { run_rule(g, saved); });
}

}  // namespace detail

#define RONDO_INSTANTIATE(T)                                                     \
  template Columns<T>::Columns(const Variable<T>&, std::size_t, std::size_t);    \
  template Variable<T> variable_of(const Columns<T>&);                           \
  template std::size_t detail::columns_of_part(const Variable<T>&, std::size_t); \
  template Variable<T> detail::run_fused(const FusedProgram&, std::span<const Columns<T>>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
