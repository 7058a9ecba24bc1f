/// What callbacks that watch a value of the logs share.
#pragma once

#include <optional>
#include <string>

#include "rondo/optim/history.hpp"

namespace rondo {

template <Real T>
class Trainer;

/// Which way a value improves; `automatic` knows that losses should fall.
enum class MonitorMode { automatic, min, max };

class Monitor {
 public:
  /// @param callback  who watches, for the errors
  /// @throws ArgumentError unless min_delta is finite and not negative
  Monitor(std::string callback, std::string name, MonitorMode mode, double min_delta);

  /// Nothing in an epoch whose value was not measured, since validation_freq leaves it out.
  /// @throws ArgumentError if there is no such value; the text lists what there is
  template <Real T>
  [[nodiscard]] std::optional<double> value(const Trainer<T>& trainer,
                                            std::size_t epoch,
                                            const Logs& logs) const;

  /// Better than the reference by more than min_delta; true if there is no reference.
  /// @throws ArgumentError if the mode is automatic and neither the trainer nor the name tells it
  template <Real T>
  [[nodiscard]] bool improved(const Trainer<T>& trainer,
                              double value,
                              std::optional<double> reference) const;

 private:
  [[nodiscard]] bool falls(std::optional<bool> rises) const;

  std::string callback_;
  std::string name_;
  MonitorMode mode_;
  double min_delta_;
};

}  // namespace rondo
