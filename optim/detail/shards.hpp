/// What a batch that is cut in shards needs beside the loop (D80): samples, random streams and carried
/// states of each shard, the tree of gradient sums, and the numbers that all ranks share. For the
/// sources of this folder.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rondo/data/dataset.hpp"
#include "rondo/distributed/communicator.hpp"
#include "rondo/optim/detail/model_state.hpp"
#include "rondo/optim/fit_options.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo::detail {

template <Real T>
class Shards {
 public:
  /// Model and optimizer are built, and outlive this.
  /// @param count  at least the number of ranks
  Shards(Communicator& ranks,
         std::size_t count,
         SumOrder order,
         Layer<T>& model,
         Optimizer<T>& optimizer);

  [[nodiscard]] Communicator& ranks() const { return ranks_; }

  [[nodiscard]] std::size_t count() const { return count_; }

  /// Those of this rank.
  [[nodiscard]] ShardRange own() const { return own_; }

  /// The samples of a shard of this batch.
  [[nodiscard]] std::size_t size_of(std::size_t shard) const {
    return begin_of(shard + 1) - begin_of(shard);
  }

  // ---- a batch ----

  /// @param part       the samples of this rank's shards; views that outlive the batch
  /// @param samples    of the whole batch
  /// @param from_zero  carried states begin at zero instead of where the model's stand
  void begin_batch(const Batch<T>& part, std::size_t samples, bool from_zero);

  /// The model carries the states of the whole batch.
  void end_batch();

  /// Of the whole batch.
  [[nodiscard]] std::size_t samples() const { return samples_; }

  /// The samples of a shard of this rank; they may be none.
  Batch<T> batch(std::size_t shard);

  /// Adds the numbers of all ranks in place; nothing but whole numbers, or zeros on all ranks but one.
  void share(std::span<double> numbers) { ranks_.sum_in_any_order(numbers); }

  // ---- a step ----

  /// @param step  which decides, with the shard, on the random numbers of dropout
  void begin_step(std::uint64_t step);

  /// The numbers that a shard of this rank shares; empty at first.
  [[nodiscard]] std::vector<double>& own_row(std::size_t shard) {
    return rows_[shard - own_.first];
  }

  /// Calls pass(shard) for each shard of this rank that has samples, with its streams and states in
  /// the model, and adds the gradients that it leaves in the parameters.
  template <class Pass>
  void train(Pass pass) {
    add_up(own_.first, own_.last, 0, pass);
  }

  /// The same without gradients.
  template <class Pass>
  void test(Pass pass) {
    for (std::size_t shard = own_.first; shard < own_.last; ++shard) {
      if (size_of(shard) > 0) {
        enter(shard);
        pass(shard);
        leave(shard);
      }
    }
  }

  /// Once more for one shard.
  template <class Pass>
  void repeat(std::size_t shard, Pass pass) {
    enter(shard);
    pass();
    leave(shard);
  }

  /// @param width  of the rows; those without samples are zeros
  void share_rows(std::size_t width);

  /// Of any shard, when they are shared.
  [[nodiscard]] std::span<const double> row(std::size_t shard) const {
    return std::span(numbers_).subspan(shard * width_, width_);
  }

  /// The signal that one of the ranks has noted; 0: none.
  [[nodiscard]] int signal() const { return signal_; }

  /// The parameters get the gradients of all shards, times `scale`.
  void sum_gradients(double scale);

 private:
  [[nodiscard]] std::size_t begin_of(std::size_t shard) const;
  void take_state(std::size_t shard, std::size_t i, bool from_zero);
  void enter(std::size_t shard);
  void leave(std::size_t shard);
  void store(std::size_t slot);
  void add_gradients(std::size_t slot);
  void add_slot(std::size_t slot);
  void mark_gradient(Parameter<T>& parameter);

  template <class Pass>
  void run(std::size_t shard, Pass& pass) {
    optimizer_.zero_grad();
    if (size_of(shard) > 0) {
      enter(shard);
      pass(shard);
      leave(shard);
    }
  }

  /// The gradients of the shards [first, last), added in their tree.
  template <class Pass>
  void add_up(std::size_t first, std::size_t last, std::size_t slot, Pass& pass) {
    if (last - first == 1) {
      run(first, pass);
      store(slot);
      return;
    }
    const std::size_t middle = middle_of(first, last);
    add_up(first, middle, slot, pass);
    if (last - middle == 1) {
      run(middle, pass);
      add_gradients(slot);
    } else {
      add_up(middle, last, slot + 1, pass);
      add_slot(slot);
    }
  }

  Communicator& ranks_;
  std::size_t count_;
  SumOrder order_;
  ShardRange own_;
  Optimizer<T>& optimizer_;
  std::vector<Parameter<T>*> parameters_;
  ModelState<T> state_;

  // The batch.
  Batch<T> part_;
  std::size_t samples_ = 0;
  std::vector<TensorView<const T>> extra_inputs_;  // of the shard that batch() gave last
  std::vector<std::vector<Tensor<T>>> states_;     // of each own shard

  // The step.
  std::uint64_t step_ = 0;
  std::size_t width_ = 0;
  std::vector<Rng> streams_;               // as the model has them between steps
  std::vector<std::vector<T>> gradients_;  // flat sums, one for each open level of the tree
  std::vector<std::vector<double>> rows_;  // of own shards
  std::vector<double> reached_;            // how many shards gave each parameter a gradient
  std::vector<double> numbers_;            // what is shared: rows of all shards, reached, signals
  int signal_ = 0;
};

}  // namespace rondo::detail
