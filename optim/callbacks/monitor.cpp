#include "rondo/optim/callbacks/monitor.hpp"

#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/check_options.hpp"

namespace rondo {

Monitor::Monitor(std::string callback, std::string name, MonitorMode mode, double min_delta)
    : callback_(std::move(callback)), name_(std::move(name)), mode_(mode), min_delta_(min_delta) {
  detail::check_not_negative(callback_, "min_delta", min_delta_);
}

double Monitor::value(const Logs& logs) const {
  const auto found = logs.find(name_);
  if (!found) {
    throw_argument_error(
        callback_,
        fmt::format("there is no value '{}' to monitor; known: {}", name_, logs.names()));
  }
  return *found;
}

bool Monitor::falls() const {
  switch (mode_) {
    case MonitorMode::min:
      return true;
    case MonitorMode::max:
      return false;
    case MonitorMode::automatic:
      break;
  }
  if (name_ != "loss" && name_ != "val_loss") {
    throw_argument_error(
        callback_,
        fmt::format("whether '{}' should fall or rise is not known: set mode to min or max",
                    name_));
  }
  return true;
}

bool Monitor::improved(double value, std::optional<double> reference) const {
  const bool down = falls();
  if (!reference) {
    return true;
  }
  return down ? value + min_delta_ < *reference : value - min_delta_ > *reference;
}

}  // namespace rondo
