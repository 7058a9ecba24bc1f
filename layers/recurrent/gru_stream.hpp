/// Inference of one sample, step by step: as fast as the processor can read the weights.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

/// Packed copies of a built model's weights and the states of its layers.
///
///   GRUStream<float> stream(model);
///   while (…) { std::span<const float> y = stream.step(x_t); }
///
/// The model is a `GRU`, or a `Sequential` of GRU, Dense and layers that do nothing outside
/// training (Dropout), GRU layers first. A GRU that returns only its last output is streamed like
/// one that returns all. Later changes of the model's weights are not seen.
template <Real T = float>
class GRUStream {
 public:
  /// @throws StateError    if the model is not built
  /// @throws ArgumentError naming the layer or the option that cannot be streamed: another layer,
  ///         go_backwards, an activation that the kernels do not have
  explicit GRUStream(const Layer<T>& model);
  GRUStream(GRUStream&&) noexcept;
  GRUStream& operator=(GRUStream&&) noexcept;
  ~GRUStream();

  /// The output after one more step, the numbers of the model itself. Does not allocate.
  /// @param x  [F]
  /// @return [units of the last layer], valid until the next call
  /// @throws ShapeError if x has another length
  std::span<const T> step(std::span<const T> x);

  /// Zeros all states, as at the beginning of a sequence.
  void reset();

  /// The state [units] of the i-th GRU layer.
  /// @throws ArgumentError here and below if there is no such layer
  [[nodiscard]] std::span<const T> state(std::size_t i = 0) const;

  /// @throws ShapeError if the length differs
  void set_state(std::span<const T> state, std::size_t i = 0);

  [[nodiscard]] std::size_t num_states() const { return recurrent_.size(); }

 private:
  class Stage;
  class Recurrent;
  class Projection;

  void append(const Layer<T>& layer);
  [[nodiscard]] Recurrent& layer(std::size_t i) const;

  std::vector<std::unique_ptr<Stage>> stages_;
  std::vector<Recurrent*> recurrent_;
  std::size_t features_ = 0;
};

template <Real T>
GRUStream(const Layer<T>&) -> GRUStream<T>;

}  // namespace rondo
