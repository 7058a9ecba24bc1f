/// Optimizers and schedules by name or from a config: for command lines and files.
#pragma once

#include <concepts>
#include <memory>
#include <string_view>

#include "rondo/layers/config.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

/// An optimizer with its default options, by Keras' name for it in any case: `adam`, `SGD`, … and
/// `lamb`.
/// @throws ArgumentError for an unknown name; the text lists the known ones
template <Real T = float>
[[nodiscard]] std::unique_ptr<Optimizer<T>> make_optimizer(std::string_view name);

/// From `{"class_name": "Adam", "config": {"learning_rate": 0.01, …}}`, which `config()` and Keras
/// write. What is missing has its default; `name`, and Keras' `module` and `registered_name`, are
/// labels.
/// @throws ArgumentError for an unknown class or option, or a value of a wrong type or range
template <Real T = float, std::same_as<Config> C>
[[nodiscard]] std::unique_ptr<Optimizer<T>> make_optimizer(const C& config);

/// A number, or `{"class_name": "ExponentialDecay", "config": {…}}` with a schedule of
/// optim/schedule.hpp.
/// @throws ArgumentError as above
[[nodiscard]] LearningRate make_learning_rate(const Config& config);

/// What `make_learning_rate` reads; a function of one's own is `{"class_name": "function"}`.
[[nodiscard]] Config to_config(const LearningRate& rate);

}  // namespace rondo
