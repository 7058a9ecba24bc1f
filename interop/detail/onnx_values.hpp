/// What the tensors of an ONNX graph are while it is read: constants, and data of which only the
/// axes are known. For the sources of this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rondo/interop/detail/onnx_model.hpp"

namespace rondo::detail {

using Sizes = std::vector<std::int64_t>;

/// A tensor whose values are known: weights, shapes, axes. One of equal values costs no memory,
/// whatever its size.
struct OnnxConstant {
  Sizes dims = {};
  bool integral = true;
  std::optional<double> uniform = {};
  std::shared_ptr<const std::vector<float>> floats = {};
  std::shared_ptr<const std::vector<std::int64_t>> integers = {};

  [[nodiscard]] std::int64_t size() const;
  /// Of a tensor of whole numbers.
  [[nodiscard]] std::int64_t integer(std::size_t i) const;
  [[nodiscard]] float number(std::size_t i) const;
  [[nodiscard]] bool all_equal(double value) const;

  static OnnxConstant of(Sizes dims, std::vector<std::int64_t> values);
  static OnnxConstant of(Sizes dims, std::vector<float> values);
  static OnnxConstant filled(Sizes dims, bool integral, double value);
};

/// The values of a tensor of a file, whose type must have a size.
[[nodiscard]] OnnxConstant constant_of(const OnnxTensor& tensor);

/// @return the product; below 0 if it overflows or a size is below 0
[[nodiscard]] std::int64_t product_of(const Sizes& dims);

/// 0, 1, … below size.
[[nodiscard]] Sizes all_places(std::int64_t size);

/// The values at these places of each axis: slices, gathers, splits.
[[nodiscard]] OnnxConstant picked(const OnnxConstant& from, const std::vector<Sizes>& places);
[[nodiscard]] OnnxConstant transposed(const OnnxConstant& from, const Sizes& axes);
[[nodiscard]] OnnxConstant reshaped(const OnnxConstant& from, Sizes dims);

/// Where an axis of data comes from. Labels below `input_labels` are axes of the graph's input.
enum AxisLabel : int { input_labels = 8, feature_label = 8, direction_label = 9 };

struct AxisFactor {
  int label = 0;
  std::int64_t size = 0;

  friend bool operator==(const AxisFactor&, const AxisFactor&) = default;
};

/// One factor, none (of size 1), or several that a Reshape has joined, in row-major order.
struct DataAxis {
  std::vector<AxisFactor> factors = {};

  [[nodiscard]] std::int64_t size() const;

  [[nodiscard]] bool is(int label) const {
    return factors.size() == 1 && factors[0].label == label;
  }

  friend bool operator==(const DataAxis&, const DataAxis&) = default;
};

/// One direction of a recurrent operator.
struct Strand {
  std::size_t run = 0;
  std::size_t direction = 0;

  friend auto operator<=>(const Strand&, const Strand&) = default;
};

/// What a recurrent operator gave before it is known which layer it is: that depends on what is
/// done with its outputs.
struct Selection {
  std::vector<Strand> strands = {};
  bool sequences = true;
  /// concat, sum, mul, ave; empty: one strand, or several on an axis of their own.
  std::string merge = {};

  friend auto operator<=>(const Selection&, const Selection&) = default;
};

/// A tensor that depends on the graph's input.
struct OnnxData {
  std::vector<DataAxis> axes = {};
  /// Whole numbers that choose rows of a table.
  bool ids = false;
  /// The order of time is the opposite of that in the layers' tensor.
  bool reversed = false;
  /// Which state of the list of layers leads to it, if there is no selection.
  std::size_t stage = 0;
  std::optional<Selection> selection = {};
};

/// Another input of the graph: lengths, states.
struct OnnxExtra {
  std::string name;
};

using OnnxTracked = std::variant<OnnxConstant, OnnxData, OnnxExtra>;

/// The axes after a Reshape to these sizes, none of them 0 or -1; nothing if they cut a factor.
[[nodiscard]] std::optional<std::vector<DataAxis>> reshaped(const std::vector<DataAxis>& axes,
                                                            const Sizes& dims);

}  // namespace rondo::detail
