/// Cases of the kinds `optimizer`, `torch_optimizers`, `tfjs_optimizers` and `schedules`.
#pragma once

#include <string>

#include "rondo/layers/config.hpp"
#include "rondo/tests/parity/comparison.hpp"

namespace rondo::parity {

[[nodiscard]] bool is_optimizer_kind(const std::string& kind);

/// What `make_optimizer` takes.
/// @param options  `class_name` and arguments under Keras' names; learning_rate is a number or
///                 `[schedule class, arguments]`
[[nodiscard]] Config optimizer_config(const Json& options);

/// Steps with the gradients of the case and compares weights, and averages where it has them, after
/// each step; or asks the schedules for their rates.
/// @throws CaseError for what cannot be built
template <Real T>
void run_optimizers(const Json& test_case, Comparison& comparison);

}  // namespace rondo::parity
