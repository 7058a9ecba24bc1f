/// What `config()` of an optimizer writes; for the sources of this folder.
#pragma once

#include "rondo/layers/detail/to_config.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

/// A number, or the class and the options of a schedule.
[[nodiscard]] Config to_config(const LearningRate& rate);

namespace detail {

/// @param rate  may have changed since the optimizer was made
template <class Options>
Config optimizer_config(const std::string& type_name,
                        const Options& options,
                        const LearningRate& rate) {
  Config result{{"class_name", type_name}, {"config", Config::object()}};
  write_options(result["config"], options);
  result["config"]["learning_rate"] = to_config(rate);
  return result;
}

}  // namespace detail

template <Real T, class Options>
Config OptimizerWith<T, Options>::config() const {
  return detail::optimizer_config(this->type_name(), options_, this->rate_option());
}

}  // namespace rondo
