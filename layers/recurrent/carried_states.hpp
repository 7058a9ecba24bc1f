/// What a stateful layer keeps from call to call.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rondo/core/tape.hpp"

namespace rondo {

/// Copies of final states, outside of the tape and without gradient. `op` is named in errors.
template <Real T>
class CarriedStates {
 public:
  /// @param shapes  of the states, without the batch axis
  explicit CarriedStates(std::vector<Shape> shapes);

  /// Nothing is stored before the first call and after `clear`.
  [[nodiscard]] bool empty() const { return values_.empty() || values_[0].size() == 0; }

  [[nodiscard]] bool all_zero() const;

  /// For a batch of this size. @throws ShapeError if those of another size are stored
  std::span<const Variable<T>> on_tape(const std::string& op,
                                       Tape<T>& tape,
                                       std::size_t batch) const;

  void store(std::span<const Variable<T>> states);
  void clear();

  /// @throws ArgumentError if the number of values is wrong, ShapeError if one does not fit
  void set(const std::string& op, std::span<const Tensor<T>> values);

  /// One sample's states to 0, or to values [size].
  /// @throws StateError if nothing is stored, ArgumentError if there is no such sample; for values
  ///         as `set`
  void clear_sample(const std::string& op, std::size_t sample);
  void set_sample(const std::string& op, std::size_t sample, std::span<const Tensor<T>> values);

  [[nodiscard]] std::span<Tensor<T>> values() { return values_; }

 private:
  void check_sample(const std::string& op, std::size_t sample) const;
  void check_count(const std::string& op, std::span<const Tensor<T>> values) const;

  std::vector<Shape> shapes_;
  std::vector<Tensor<T>> values_;  // [N, ..] each; empty tensors: nothing stored
};

}  // namespace rondo
