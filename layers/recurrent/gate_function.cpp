#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/layers/recurrent/gru_sequence.hpp"

namespace rondo {

namespace {

#define RONDO_ROW(name, formula, ...) \
  Named<GateFunction>{{#name __VA_OPT__(, ) __VA_ARGS__}, GateFunction::name},
constexpr std::array gate_functions{Named<GateFunction>{{"linear"}, GateFunction::linear},
                                    RONDO_GATE_FUNCTIONS(RONDO_ROW)};
#undef RONDO_ROW

}  // namespace

std::optional<GateFunction> gate_function(const Activation& activation) {
  if (!activation) {
    return GateFunction::linear;
  }
  const auto* const found = find_named(gate_functions, activation.name());
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

std::string gate_function_names() {
  return fmt::format("{}", fmt::join(names_of(gate_functions), ", "));
}

}  // namespace rondo
