/// Runs an ONNX graph on symbols: each tensor is a constant, or data of which the axes are
/// followed. For the sources of this folder.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "rondo/interop/detail/onnx_layers.hpp"

namespace rondo::detail {

class OnnxGraph {
 public:
  /// @param probes  sizes for the open axes of the input, primes
  OnnxGraph(const ModelSource& file, const OnnxModel& model, std::vector<std::int64_t> probes);

  /// @throws FormatError naming node and operator
  [[nodiscard]] StoredModel read();

 private:
  using Handler = void (OnnxGraph::*)();
  static Handler handler_of(const std::string& type);

  [[noreturn]] void fail(const std::string& problem) const;

  // ---- the graph's ends ----
  void define_constants();
  void define_inputs();
  void run_node(const OnnxNode& node);
  void read_outputs(StoredModel& result);
  void set_input_order(StoredModel& result) const;
  void set_output_order(const OnnxData& output, StoredModel& result) const;

  // ---- the node that is read: its inputs and outputs ----
  [[nodiscard]] bool has_input(std::size_t i) const;
  OnnxTracked& input(std::size_t i);
  OnnxData& data(std::size_t i);
  const OnnxConstant& constant(std::size_t i);
  [[nodiscard]] bool is_data(std::size_t i);
  [[nodiscard]] bool is_constant(std::size_t i);
  [[nodiscard]] const std::string& input_name(std::size_t i) const;
  void output(OnnxTracked value, std::size_t i = 0);
  /// A short list of whole numbers.
  Sizes list(std::size_t i);
  [[nodiscard]] std::int64_t attribute(const char* key, std::int64_t by_default) const;
  [[nodiscard]] float number(const char* key, float by_default) const;
  [[nodiscard]] Sizes integers(const char* key) const;
  [[nodiscard]] std::vector<float> numbers(const char* key) const;
  [[nodiscard]] const OnnxAttribute* find(const char* key, OnnxAttribute::Kind kind) const;
  void only_attributes(std::initializer_list<const char*> known) const;
  /// Of an attribute, or since opset 13 of an input.
  Sizes axes(const char* key, std::size_t input);
  static std::size_t axis_of(std::int64_t axis, std::size_t rank);

  /// Memory for constants is bounded by the file's size.
  void check_budget(std::int64_t more) const;
  void budget(const OnnxConstant& made);

  // ---- operators of shapes and constants (onnx_shapes.cpp) ----
  void pass();
  void make_constant();
  void cast();
  void shape();
  void constant_of_shape();
  void concat();
  void gather();
  void slice();
  void split();
  void squeeze();
  void unsqueeze();
  void transpose();
  void reshape();
  void expand();
  void arithmetic();
  void equal();
  void where();
  void concat_data();
  void stack_states(std::size_t axis);
  void pick(
      const OnnxTracked& from, std::size_t axis, const Sizes& places, bool keep, std::size_t to);
  void pick_data(
      const OnnxData& from, std::size_t axis, const Sizes& places, bool keep, std::size_t to);
  void set_axes(OnnxData& result, std::vector<DataAxis> axes) const;
  [[nodiscard]] Sizes sizes_of(const OnnxTracked& value) const;

  // ---- operators that make layers (onnx_operators.cpp) ----
  void mat_mul();
  void gemm();
  void add_data();
  void add_or_multiply_data();
  void scale_data(const OnnxConstant& factor, const OnnxData& from);
  void layer_normalization();
  void function();
  void embedding();
  void recurrent();
  [[nodiscard]] std::size_t check_sequence(const OnnxData& x);
  void read_directions(OnnxRun& run, std::size_t directions);
  void read_functions(OnnxRun& run, std::size_t directions);
  void read_states(OnnxRun& run, std::size_t directions);
  void read_lengths(OnnxRun& run, const OnnxData& x);
  void put_outputs(const OnnxRun& run, std::size_t directions, const OnnxData& x);

  const ModelSource& file_;
  const OnnxModel& model_;
  std::vector<std::int64_t> probes_;
  std::map<std::string, OnnxTracked> tensors_;
  OnnxLayers layers_;
  const OnnxNode* node_ = nullptr;
  OnnxData first_;  // the graph's input
  int time_ = -1;   // labels, known from the first recurrent operator on
  int batch_ = -1;
  std::string lengths_name_;
  std::set<std::string> used_;  // of the further inputs
  std::vector<std::size_t> lengths_;
  std::vector<std::string> notes_;
  std::size_t made_ = 0;
};

}  // namespace rondo::detail
