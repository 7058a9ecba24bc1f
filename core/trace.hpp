/// What a lambda given to `fuse` writes down, and the two programs that are made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rondo/core/expression.hpp"

namespace rondo::detail {

/// A straight line of primitives. What output i is, stands at `outputs[i]`; -1: nothing, 0
/// everywhere.
struct FusedCode {
  std::vector<kernels::Instruction> code;
  std::vector<int> outputs;
  std::size_t places = 0;
};

/// An element-wise function of some inputs, and its derivatives: the backward program runs it again,
/// its inputs are those of the function and the gradient of the result, its outputs the gradients.
struct FusedProgram {
  std::size_t num_inputs = 0;
  FusedCode forward;
  FusedCode backward;
};

/// Inputs of a program: wanted outputs are bits.
constexpr std::size_t max_fused_inputs = 31;

class Trace {
 public:
  explicit Trace(std::size_t num_inputs) : num_inputs_(num_inputs) {}

  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  [[nodiscard]] Expression input(std::size_t i) { return {this, static_cast<std::uint16_t>(i)}; }

  [[nodiscard]] Expression push(kernels::Primitive primitive,
                                std::uint8_t formula,
                                std::array<std::uint16_t, 2> from,
                                const kernels::FormulaParameters& parameters);

  static std::uint16_t index(const Expression& x) { return x.index_; }

  /// @throws ArgumentError if it needs more values at once than the kernels have place for
  [[nodiscard]] FusedProgram program(const Expression& result);

 private:
  /// A primitive in terms of numbers: first the inputs, then the gradient of the result, then steps.
  struct Step {
    kernels::Primitive primitive = kernels::Primitive::value;
    std::uint8_t formula = 0;
    std::array<std::uint16_t, 4> from{};
    kernels::FormulaParameters parameters{};

    friend bool operator==(const Step&, const Step&) = default;
  };

  using Steps = std::vector<Step>;

  /// The number of a gradient that has arrived so far.
  using Adjoints = std::vector<std::optional<std::uint16_t>>;

  [[nodiscard]] std::uint16_t arrived() const { return static_cast<std::uint16_t>(num_inputs_); }

  [[nodiscard]] std::uint16_t first_step() const {
    return static_cast<std::uint16_t>(num_inputs_ + 1);
  }

  struct Lives {
    std::vector<std::uint32_t> wanted;
    std::vector<std::size_t> end;
  };

  std::uint16_t add(const Step& step);
  std::uint16_t multiply(std::uint16_t a, std::uint16_t b);
  void contribute(Adjoints& adjoints, std::uint16_t to, std::uint16_t gradient, bool negative);
  void differentiate(std::uint16_t index, std::uint16_t gradient, Adjoints& adjoints);
  [[nodiscard]] std::vector<std::uint32_t> uses(const Steps& steps,
                                                const std::vector<int>& outputs) const;
  [[nodiscard]] Lives lives(const Steps& steps, const std::vector<int>& outputs) const;
  void join_products(Steps& steps, const std::vector<int>& outputs) const;
  [[nodiscard]] FusedCode compile(Steps steps, const std::vector<int>& outputs) const;

  std::size_t num_inputs_;
  Steps steps_;
};

}  // namespace rondo::detail
