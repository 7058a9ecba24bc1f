/// The running loss and metrics of an epoch; for the sources of this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rondo/optim/history.hpp"
#include "rondo/optim/layer_loss.hpp"
#include "rondo/optim/metrics/metric.hpp"
#include "rondo/optim/run_state.hpp"

namespace rondo::detail {

template <Real T>
class Measures {
 public:
  /// @throws ArgumentError if the name is taken, or reserved
  void add(std::unique_ptr<Metric<T>> metric);

  void reset();

  /// @param loss   the batch's, with penalties
  /// @param share  of the batch's samples: less than 1 for a chunk of their steps
  /// @throws ArgumentError if there are metrics and no predictions
  void update(double loss, double share, const Batch<T>& batch, const BatchResult<T>& result);

  /// Sets `loss` and each metric, with the prefix before their names.
  void write(Logs& logs, bool validation) const;

  [[nodiscard]] double loss() const { return sum_ / weight_; }

  [[nodiscard]] const Metric<T>* find(std::string_view name) const;

  /// @throws StateError if a metric does not show its sums
  void visit_state(RunStateVisitor<T>& visitor);

 private:
  struct Named {
    std::string name;
    std::string val_name;
    std::unique_ptr<Metric<T>> metric;
    /// Sums from a file that wait for a metric which learns their number from its first update.
    std::vector<double> pending;
  };

  static void update(Named& each, const Batch<T>& batch, const BatchResult<T>& result);

  // The mean of batch losses, each weighted with its number of samples.
  double sum_ = 0.0;
  double weight_ = 0.0;
  std::vector<Named> metrics_;
};

}  // namespace rondo::detail
