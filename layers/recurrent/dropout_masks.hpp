/// Dropout masks of a cell: drawn once, the same at every time step until they are reset.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "rondo/core/rng.hpp"
#include "rondo/core/tape.hpp"

namespace rondo {

/// The cache of one kind of mask (input or recurrent). Entries are 0 with probability `rate`, else
/// 1 / (1 − rate). A rate of exactly 0 or 1 means no dropout.
template <Real T>
class DropoutMasks {
 public:
  static constexpr std::size_t max_count = 4;  // one for each gate of an LSTM

  /// @param op, reset_name  who complains, and which method forgets the masks: for errors
  /// @throws ArgumentError unless rate lies in [0, 1]
  DropoutMasks(std::string op, double rate, std::string reset_name);

  [[nodiscard]] bool active() const { return rate_ > 0.0 && rate_ < 1.0; }

  /// The cached masks whatever the arguments, or `count` new ones: all ones unless training.
  /// Empty if the rate makes no masks.
  /// @throws StateError if the cached masks have another shape
  std::span<const TensorView<const T>> get(const Shape& shape,
                                           bool training,
                                           std::size_t count,
                                           Rng& rng);

  /// The same while training, as variables of a tape; they are copied there once per pass.
  /// @param needed  how many are returned, if any
  /// @param drawn   how many are drawn if none are cached; at least `needed`
  /// @throws StateError also if fewer than `needed` are cached
  std::span<const Variable<T>> on_tape(
      Tape<T>& tape, const Shape& shape, std::size_t needed, std::size_t drawn, Rng& rng);

  void reset();

  /// Uses these masks instead of drawn ones, also after `reset`; an empty list ends that.
  void inject(std::span<const TensorView<const T>> masks);

 private:
  void store(std::size_t count, const Shape& shape);

  [[nodiscard]] const char* origin() const { return injected_ ? "injected" : "cached"; }

  [[noreturn]] void throw_unfit(const std::string& problem) const;

  std::string op_;
  std::string reset_name_;
  double rate_;
  std::array<std::vector<T>, max_count> masks_;  // vectors keep their memory for smaller batches
  std::array<TensorView<const T>, max_count> views_;
  std::array<Variable<T>, max_count> variables_;
  std::size_t count_ = 0;  // masks in force; 0 = nothing cached
  bool injected_ = false;
};

}  // namespace rondo
