#include "rondo/optim/adamw.hpp"

#include <nlohmann/json.hpp>

namespace rondo {

namespace {

AdamOptions adam_options(const AdamWOptions& options) {
  AdamOptions result;
  const auto copy = [](const char*, const auto& from, auto& to) { to = from; };
  AdamWOptions::for_each_option(copy, options, result);
  return result;
}

}  // namespace

AdamWOptions AdamWOptions::torch() {
  return {.weight_decay = 0.01, .epsilon = 1e-8, .epsilon_hat = false};
}

template <Real T>
AdamW<T>::AdamW(AdamWOptions options) : Adam<T>("AdamW", adam_options(options)) {}

template <Real T>
Config AdamW<T>::config() const {
  Config result = Adam<T>::config();
  result["config"].erase("decoupled_weight_decay");  // it always is
  return result;
}

template class AdamW<float>;
template class AdamW<double>;

}  // namespace rondo
