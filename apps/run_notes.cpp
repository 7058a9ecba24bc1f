#include "rondo/apps/run_notes.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

namespace {

std::string in_bytes(double bytes) {
  constexpr const char* units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t i = 0;
  for (bytes /= 1e3; bytes >= 1e3 && i + 1 < std::size(units); bytes /= 1e3) {
    ++i;
  }
  return fmt::format("{:.3g} {}", bytes, units[i]);
}

}  // namespace

void check_memory(const RunDescription& run, const RunSizes& sizes) {
  const auto units = static_cast<double>(run.units.at(0));
  const auto window = static_cast<double>(run.window.value());
  const auto batch = static_cast<double>(std::min(run.batch_size.value(), sizes.samples));
  // Weights: values, gradients, two moments of Adam, and those of the best epoch. Steps: three
  // gates, the candidate's product and the state (D29), with what the other layers keep.
  const double weights = 3.0 * units * (units + 3.0) + static_cast<double>(sizes.weights);
  const double steps = batch * window * (5.0 * units + static_cast<double>(sizes.per_step));
  const double needed = sizeof(float) * (5.0 * weights + steps);
  const double present =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (needed > present) {
    throw_argument_error(
        "train",
        fmt::format("units {}, window {} and batches of {} need about {} of memory{}, this machine "
                    "has {}: smaller ones are needed",
                    run.units.at(0),
                    run.window.value(),
                    batch,
                    in_bytes(needed),
                    run.kind() == DataKind::text ? " for this text's alphabet" : "",
                    in_bytes(present)));
  }
}

void note_monitor(const RunDescription& run) {
  if (run.validation_split == 0.0) {
    notice("nothing validates: early stopping and the best epoch go by the training loss");
  }
}

void note_result(const History& history, const RunDescription& run, double naive) {
  const std::string name = monitored(run);
  const std::vector<double>& values = history.values(name);
  const double best = *std::min_element(values.begin(), values.end());
  if (best > naive) {
    notice(
        "warning: the best {}, {:.4g}, is above {:.4g}, that of {}: the model has "
        "learnt nothing of use; another --learning-rate ({} here) or more --epochs may help",
        name,
        best,
        naive,
        run.kind() == DataKind::text ? "guessing among all characters"
                                     : "always forecasting the mean",
        run.learning_rate.value());
  }
}

}  // namespace rondo::apps
