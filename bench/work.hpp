/// What is timed. A piece of work has a name, `forward_backward_32x100x64x128_mask`, that rondo and
/// every peer read alike; so what runs on both sides follows from the name alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rondo::bench {

/// Batch × steps × features × units of a GRU; a step of a stream is features × units.
struct GruShape {
  std::size_t batch = 1;
  std::size_t steps = 1;
  std::size_t features = 0;
  std::size_t units = 0;
};

/// `kind[_shape[_variant][_with_input_gradient]]`. bench/README.md says what each kind and variant
/// is.
struct Work {
  std::string name;
  std::string kind;
  std::string shape_text;  // empty if the kind has no shape
  GruShape shape;
  std::string variant;
  bool input_gradient = false;
};

/// @throws ArgumentError for a shape of another form than 1x100x8x16 or 8x16
[[nodiscard]] Work parse_work(const std::string& name);

/// The multiply-adds of the matrix products, two operations each; 0 if the kind has none that
/// count. Every step counts, also a masked one.
[[nodiscard]] double operations(const Work& work);

/// The same numbers for everybody: element i of a tensor lies in [−scale, scale).
/// @param salt  differs between the tensors of a work
[[nodiscard]] std::vector<float> values(std::size_t n, int salt, double scale);

enum Salt : int { salt_inputs = 1, salt_kernel, salt_recurrent_kernel, salt_bias, salt_targets };

/// Weights and inputs of a GRU in Keras' shapes and order of gates.
struct GruValues {
  std::vector<float> inputs;            // [N, S, F]
  std::vector<float> kernel;            // [F, 3·H]
  std::vector<float> recurrent_kernel;  // [H, 3·H]
  std::vector<float> bias;              // [2, 3·H]
};

[[nodiscard]] GruValues gru_values(const GruShape& shape);

/// Valid steps of sample n, in [1, steps]; the rest is padding on the right.
[[nodiscard]] std::size_t length_of(std::size_t n, std::size_t steps);

/// The rate of every kind of dropout.
constexpr double dropout_rate = 0.2;

}  // namespace rondo::bench
