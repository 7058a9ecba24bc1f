#include "rondo/optim/callbacks/monitor.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

Monitor::Monitor(std::string callback, std::string name, MonitorMode mode, double min_delta)
    : callback_(std::move(callback)), name_(std::move(name)), mode_(mode), min_delta_(min_delta) {
  detail::check_not_negative(callback_, "min_delta", min_delta_);
}

template <Real T>
std::optional<double> Monitor::value(const Trainer<T>& trainer,
                                     std::size_t epoch,
                                     const Logs& logs) const {
  const auto found = logs.find(name_);
  const FitPlan& plan = trainer.plan();
  const bool left_out =
      name_.starts_with("val_") && plan.validation_freq > 0 && !plan.validates(epoch);
  if (!found && !left_out) {
    throw_argument_error(callback_, unknown_name("value", name_, logs, &Logs::Entry::name));
  }
  return found;
}

bool Monitor::falls(std::optional<bool> rises) const {
  switch (mode_) {
    case MonitorMode::min:
      return true;
    case MonitorMode::max:
      return false;
    case MonitorMode::automatic:
      break;
  }
  if (!rises) {
    throw_argument_error(
        callback_,
        fmt::format("whether '{}' should fall or rise is not known: set mode to min or max",
                    name_));
  }
  return !*rises;
}

template <Real T>
bool Monitor::improved(const Trainer<T>& trainer,
                       double value,
                       std::optional<double> reference) const {
  const bool down = falls(trainer.rises(name_));
  if (std::isnan(value)) {
    return false;
  }
  if (!reference || std::isnan(*reference)) {
    return true;
  }
  return down ? value + min_delta_ < *reference : value - min_delta_ > *reference;
}

#define RONDO_INSTANTIATE(T)                                                                 \
  template std::optional<double> Monitor::value(const Trainer<T>&, std::size_t, const Logs&) \
      const;                                                                                 \
  template bool Monitor::improved(const Trainer<T>&, double, std::optional<double>) const;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
