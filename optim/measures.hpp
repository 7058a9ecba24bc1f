/// The running loss and metrics of an epoch; for the sources of this folder.
#pragma once

#include <memory>
#include <span>
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

  // A batch that is cut in shards: each gives its sums, which are added in the order of the shards.

  /// @throws ArgumentError if a metric does not show its sums
  void check_states() const;

  /// The sums of all metrics. Some are not known before their first update.
  [[nodiscard]] std::size_t num_sums() const;

  /// Keeps what was measured so far until `end_shards`.
  void begin_shards();

  /// @param sums  those of this shard are appended
  /// @throws ArgumentError if there are metrics and no predictions
  void measure_shard(const Batch<T>& batch,
                     const BatchResult<T>& result,
                     std::vector<double>& sums);

  /// @throws StateError if a metric that learns the number of its sums from its first update had none
  void end_shards();

  /// @param sums  of one shard of the batch, `num_sums()` of them
  void merge_shard(std::span<const double> sums);

  /// @param samples  the weight of the loss
  void add_loss(double loss, double samples) {
    sum_ += loss * samples;
    weight_ += samples;
  }

  /// Sets `loss` and each metric, with the prefix before their names.
  void write(Logs& logs, bool validation) const;

  [[nodiscard]] double loss() const { return sum_ / weight_; }

  [[nodiscard]] std::vector<std::string> names() const;

  [[nodiscard]] const Metric<T>* find(std::string_view name) const;

  /// @throws StateError if a metric does not show its sums
  void visit_state(RunStateVisitor<T>& visitor);

 private:
  struct Named {
    std::string name;
    std::string val_name;
    std::unique_ptr<Metric<T>> metric;
    /// Sums from a file that wait for a metric which learns their number from its first update.
    std::vector<double> pending = {};
    std::vector<double> kept = {};  // what was measured before the shards of a batch
    std::size_t size = 0;           // of its sums, once it is known
  };

  static void learn_size(Named& each);

  static void update(Named& each, const Batch<T>& batch, const BatchResult<T>& result);

  // The mean of batch losses, each weighted with its number of samples.
  double sum_ = 0.0;
  double weight_ = 0.0;
  std::vector<Named> metrics_;
};

}  // namespace rondo::detail
