#include "rondo/core/trace.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

using kernels::Primitive;

Expression Expression::apply(Primitive primitive,
                             std::uint8_t formula,
                             const kernels::FormulaParameters& parameters) const {
  return trace_->push(primitive, formula, {index_, index_}, parameters);
}

Expression Expression::apply(Primitive primitive,
                             std::uint8_t formula,
                             const Expression& right) const {
  return trace_->push(primitive, formula, {index_, right.index_}, {});
}

namespace detail {

namespace {

template <class F>
constexpr std::uint8_t binary_index = kernels::index_of<F, kernels::BinaryFormulas>;

constexpr std::uint8_t scale_shift = kernels::index_of<kernels::ScaleShift, kernels::UnaryFormulas>;

std::size_t count_operands(Primitive primitive) {
  switch (primitive) {
    case Primitive::value:
      return 1;
    case Primitive::binary:
      return 2;
    case Primitive::slope:
    case Primitive::multiply_add:
    case Primitive::subtract_product:
      return 3;
    case Primitive::left_slope:
    case Primitive::right_slope:
      break;
  }
  return 4;
}

}  // namespace

Expression Trace::push(Primitive primitive,
                       std::uint8_t formula,
                       std::array<std::uint16_t, 2> from,
                       const kernels::FormulaParameters& parameters) {
  return {this, add({primitive, formula, {from[0], from[1]}, parameters})};
}

/// What was written down already has its number.
std::uint16_t Trace::add(const Step& step) {
  const auto known = std::find(steps_.begin(), steps_.end(), step);
  const auto index = static_cast<std::uint16_t>(known - steps_.begin());
  if (known == steps_.end()) {
    steps_.push_back(step);
  }
  return static_cast<std::uint16_t>(first_step() + index);
}

std::uint16_t Trace::multiply(std::uint16_t a, std::uint16_t b) {
  return add({Primitive::binary, binary_index<kernels::Multiply>, {a, b}});
}

/// Adds a gradient, or its negative, to what has arrived at `to`.
void Trace::contribute(Adjoints& adjoints,
                       std::uint16_t to,
                       std::uint16_t gradient,
                       bool negative) {
  auto& sum = adjoints[to];
  if (sum) {
    const auto formula = negative ? binary_index<kernels::Subtract> : binary_index<kernels::Add>;
    sum = add({Primitive::binary, formula, {*sum, gradient}});
  } else {
    sum = negative ? add({Primitive::value, scale_shift, {gradient, gradient}, {-1, 0}}) : gradient;
  }
}

void Trace::differentiate(std::uint16_t index, std::uint16_t gradient, Adjoints& adjoints) {
  const Step step = steps_[index - first_step()];
  const auto [a, b, c, d] = step.from;
  if (step.primitive == Primitive::value) {
    const bool linear = step.formula == scale_shift;
    if (linear && std::abs(step.parameters[0]) == 1) {
      contribute(adjoints, a, gradient, step.parameters[0] < 0);
    } else if (linear) {
      contribute(
          adjoints,
          a,
          add({Primitive::value, scale_shift, {gradient, gradient}, {step.parameters[0], 0}}),
          false);
    } else {
      contribute(adjoints,
                 a,
                 add({Primitive::slope, step.formula, {a, index, gradient}, step.parameters}),
                 false);
    }
  } else if (step.formula == binary_index<kernels::Add>) {
    contribute(adjoints, a, gradient, false);
    contribute(adjoints, b, gradient, false);
  } else if (step.formula == binary_index<kernels::Subtract>) {
    contribute(adjoints, a, gradient, false);
    contribute(adjoints, b, gradient, true);
  } else if (step.formula == binary_index<kernels::Multiply>) {
    contribute(adjoints, a, multiply(gradient, b), false);
    contribute(adjoints, b, multiply(gradient, a), false);
  } else {
    const std::array<std::uint16_t, 4> from{a, b, index, gradient};
    contribute(adjoints, a, add({Primitive::left_slope, step.formula, from}), false);
    contribute(adjoints, b, add({Primitive::right_slope, step.formula, from}), false);
  }
}

std::vector<std::uint32_t> Trace::uses(const Steps& steps, const std::vector<int>& outputs) const {
  std::vector<std::uint32_t> result(first_step() + steps.size(), 0);
  for (const int output : outputs) {
    if (output >= 0) {
      ++result[static_cast<std::size_t>(output)];
    }
  }
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (result[first_step() + i] > 0) {
      for (std::size_t k = 0; k < count_operands(steps[i].primitive); ++k) {
        ++result[steps[i].from[k]];
      }
    }
  }
  return result;
}

/// A product that is only added to something, or subtracted from it, becomes one primitive with it.
void Trace::join_products(Steps& steps, const std::vector<int>& outputs) const {
  const auto used = uses(steps, outputs);
  const auto product = [&](std::uint16_t index) -> const Step* {
    if (index < first_step() || used[index] != 1) {
      return nullptr;
    }
    const Step& step = steps[index - first_step()];
    const bool is_product =
        step.primitive == Primitive::binary && step.formula == binary_index<kernels::Multiply>;
    return is_product ? &step : nullptr;
  };
  for (Step& step : steps) {
    if (step.primitive != Primitive::binary) {
      continue;
    }
    const auto [a, b, c, d] = step.from;
    if (step.formula == binary_index<kernels::Add>) {
      if (const Step* const right = product(b)) {
        step = {Primitive::multiply_add, 0, {right->from[0], right->from[1], a}};
      } else if (const Step* const left = product(a)) {
        step = {Primitive::multiply_add, 0, {left->from[0], left->from[1], b}};
      }
    } else if (step.formula == binary_index<kernels::Subtract>) {
      if (const Step* const right = product(b)) {
        step = {Primitive::subtract_product, 0, {right->from[0], right->from[1], a}};
      }
    }
  }
}

/// Which outputs need a number, and the last step that reads it; an output's is the end.
Trace::Lives Trace::lives(const Steps& steps, const std::vector<int>& outputs) const {
  const std::size_t count = first_step() + steps.size();
  Lives result{std::vector<std::uint32_t>(count, 0), std::vector<std::size_t>(count, 0)};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i] >= 0) {
      result.wanted[static_cast<std::size_t>(outputs[i])] |= std::uint32_t{1} << i;
      result.end[static_cast<std::size_t>(outputs[i])] = count;
    }
  }
  for (std::size_t i = count; i-- > first_step();) {
    const Step& step = steps[i - first_step()];
    for (std::size_t k = 0; k < count_operands(step.primitive) && result.wanted[i] != 0; ++k) {
      result.wanted[step.from[k]] |= result.wanted[i];
      result.end[step.from[k]] = std::max(result.end[step.from[k]], i);
    }
  }
  return result;
}

/// Drops what no output needs, and gives each value a place until it was used for the last time.
FusedCode Trace::compile(Steps steps, const std::vector<int>& outputs) const {
  join_products(steps, outputs);
  auto [wanted, end] = lives(steps, outputs);
  FusedCode result{{}, {}, first_step()};
  std::vector<std::uint8_t> places(wanted.size(), 0);
  std::iota(places.begin(), places.begin() + first_step(), std::uint8_t{0});
  std::vector<std::uint8_t> free;
  for (std::size_t i = first_step(); i < wanted.size(); ++i) {
    if (wanted[i] == 0) {
      continue;
    }
    if (free.empty() || end[i] == wanted.size()) {  // an output has a place of its own
      places[i] = static_cast<std::uint8_t>(result.places++);
    } else {
      places[i] = free.back();
      free.pop_back();
    }
    if (result.places > kernels::max_places) {
      throw_argument_error("fuse", "the lambda has too many values at once: cut it in two");
    }
    const Step& step = steps[i - first_step()];
    kernels::Instruction instruction{
        step.primitive, step.formula, places[i], {}, wanted[i], step.parameters};
    for (std::size_t k = 0; k < count_operands(step.primitive); ++k) {
      const std::uint16_t from = step.from[k];
      instruction.from[k] = places[from];
      if (from >= first_step() && end[from] == i) {
        free.push_back(places[from]);
        end[from] = 0;  // once, even if it is used twice here
      }
    }
    result.code.push_back(instruction);
  }
  for (const int output : outputs) {
    result.outputs.push_back(output < 0 ? -1 : places[static_cast<std::size_t>(output)]);
  }
  return result;
}

FusedProgram Trace::program(const Expression& result) {
  const std::uint16_t last = result.index_;
  FusedProgram program{num_inputs_, compile(steps_, {last}), {}};
  Adjoints adjoints(first_step() + steps_.size());
  adjoints[last] = arrived();
  for (std::size_t i = first_step() + steps_.size(); i-- > first_step();) {
    if (adjoints[i]) {
      differentiate(static_cast<std::uint16_t>(i), *adjoints[i], adjoints);
    }
  }
  std::vector<int> gradients;
  for (std::size_t i = 0; i < num_inputs_; ++i) {
    gradients.push_back(adjoints[i] ? static_cast<int>(*adjoints[i]) : -1);
  }
  program.backward = compile(steps_, gradients);
  return program;
}

}  // namespace detail

}  // namespace rondo
