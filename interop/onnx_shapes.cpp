// Operators that compute shapes and move axes.
#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/onnx_graph.hpp"

namespace rondo::detail {

namespace {

using Kind = OnnxAttribute::Kind;

constexpr std::int64_t most_places = 1 << 20;  // of an axis that is listed

Sizes sizes_of_axes(const std::vector<DataAxis>& axes) {
  Sizes sizes;
  for (const DataAxis& axis : axes) {
    sizes.push_back(axis.size());
  }
  return sizes;
}

}  // namespace

Sizes OnnxGraph::sizes_of(const OnnxTracked& value) const {
  if (const auto* const found = std::get_if<OnnxData>(&value)) {
    return sizes_of_axes(found->axes);
  }
  if (const auto* const found = std::get_if<OnnxConstant>(&value)) {
    return found->dims;
  }
  fail("asks for the shape of a further input");
}

void OnnxGraph::pass() {
  if (node_->type == "Dropout" && has_input(2) && !constant(2).all_equal(0)) {
    fail("is in training mode");
  }
  output(input(0));
}

void OnnxGraph::make_constant() {
  only_attributes({"value", "value_int", "value_ints", "value_float", "value_floats"});
  if (const OnnxAttribute* const value = find("value", Kind::tensor)) {
    if (size_of(value->tensor.type) == 0) {
      fail(fmt::format("has {}", to_string(value->tensor.type)));
    }
    output(constant_of(value->tensor));
  } else if (const OnnxAttribute* const integer = find("value_int", Kind::integer)) {
    output(OnnxConstant::of({}, std::vector<std::int64_t>{integer->integer}));
  } else if (find("value_ints", Kind::integers) != nullptr) {
    const Sizes values = integers("value_ints");
    output(OnnxConstant::of({static_cast<std::int64_t>(values.size())}, values));
  } else if (const OnnxAttribute* const one = find("value_float", Kind::number)) {
    output(OnnxConstant::of({}, std::vector<float>{one->number}));
  } else {
    const std::vector<float> values = numbers("value_floats");
    output(OnnxConstant::of({static_cast<std::int64_t>(values.size())}, values));
  }
}

void OnnxGraph::cast() {
  only_attributes({"to", "saturate"});
  const auto to = static_cast<OnnxType>(attribute("to", 0));
  const bool to_integers = to == OnnxType::int64 || to == OnnxType::int32;
  if (!to_integers && to != OnnxType::float32) {
    fail(fmt::format("makes {}", to_string(to)));
  }
  if (is_constant(0)) {
    const OnnxConstant& from = constant(0);
    if (from.integral == to_integers) {
      output(from);
    } else if (from.uniform) {
      output(OnnxConstant::filled(from.dims, to_integers, *from.uniform));
    } else {
      fail("makes floats of whole numbers, or the other way");
    }
  } else if (is_data(0) && data(0).ids == to_integers) {
    output(data(0));
  } else if (!is_data(0)) {
    output(input(0));  // lengths
  } else {
    fail("makes floats of whole numbers, or the other way");
  }
}

void OnnxGraph::shape() {
  only_attributes({"start", "end"});
  const Sizes sizes = sizes_of(input(0));
  const auto rank = static_cast<std::int64_t>(sizes.size());
  const auto clamped = [rank](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = clamped(attribute("start", 0));
  const std::int64_t end = std::max(start, clamped(attribute("end", rank)));
  output(OnnxConstant::of({end - start}, Sizes(sizes.begin() + start, sizes.begin() + end)));
}

void OnnxGraph::constant_of_shape() {
  only_attributes({"value"});
  const OnnxAttribute* const value = find("value", Kind::tensor);
  if (value == nullptr) {
    output(OnnxConstant::filled(list(0), false, 0.0));
    return;
  }
  const OnnxConstant of = constant_of(value->tensor);
  if (of.size() != 1) {
    fail("has a value that is no single number");
  }
  output(OnnxConstant::filled(
      list(0), of.integral, of.integral ? static_cast<double>(of.integer(0)) : of.number(0)));
}

void OnnxGraph::concat() {
  only_attributes({"axis"});
  if (node_->inputs.size() == 1) {
    output(input(0));
    return;
  }
  if (is_data(0)) {
    concat_data();
    return;
  }
  if (attribute("axis", 0) != 0 && constant(0).dims.size() != 1) {
    fail("joins constants on another axis than the first");
  }
  Sizes joined;
  for (std::size_t i = 0; i < node_->inputs.size(); ++i) {
    if (constant(i).dims.size() > 1) {
      fail("joins constants that are no lists");
    }
    const Sizes more = list(i);
    joined.insert(joined.end(), more.begin(), more.end());
  }
  const auto size = static_cast<std::int64_t>(joined.size());
  output(OnnxConstant::of({size}, std::move(joined)));
}

void OnnxGraph::gather() {
  only_attributes({"axis"});
  if (is_constant(0) && is_data(1)) {
    embedding();
    return;
  }
  const Sizes sizes = sizes_of(input(0));
  const std::size_t axis = axis_of(attribute("axis", 0), sizes.size());
  const OnnxConstant& indices = constant(1);
  Sizes places = list(1);
  for (std::int64_t& place : places) {
    place = static_cast<std::int64_t>(axis_of(place, static_cast<std::size_t>(sizes[axis])));
  }
  if (indices.dims.size() > 1) {
    fail("gathers by a table of places");
  }
  pick(input(0), axis, places, indices.dims.size() == 1, 0);
}

namespace {

/// The places on an axis that a slice takes. @param step  1 or -1
Sizes places_between(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size) {
  const auto clamped = [size](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 && at >= -size ? at + size
                      : at < 0              ? std::int64_t{-1}
                                            : at,
                      low,
                      high);
  };
  const std::int64_t low = step == 1 ? 0 : -1, high = step == 1 ? size : size - 1;
  const std::int64_t last = clamped(end, low, high);
  Sizes places;
  for (std::int64_t at = clamped(start, low, high); step == 1 ? at < last : at > last; at += step) {
    places.push_back(at);
  }
  return places;
}

}  // namespace

void OnnxGraph::slice() {
  only_attributes({"starts", "ends", "axes"});
  OnnxTracked value = input(0);
  const Sizes starts = axes("starts", 1), ends = axes("ends", 2);
  Sizes along = axes("axes", 3);
  const Sizes steps = has_input(4) ? list(4) : Sizes(starts.size(), 1);
  if (along.empty()) {
    along = all_places(static_cast<std::int64_t>(starts.size()));
  }
  if (ends.size() != starts.size() || along.size() != starts.size() ||
      steps.size() != starts.size()) {
    fail("has starts, ends, axes and steps of different numbers");
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Sizes sizes = sizes_of(value);
    const std::size_t axis = axis_of(along[i], sizes.size());
    const std::int64_t size = sizes[axis];
    if (steps[i] != 1 && steps[i] != -1) {
      fail(fmt::format("has a step of {}", steps[i]));
    }
    if (size > most_places) {
      fail(fmt::format("takes a part of an axis of size {}", size));
    }
    const Sizes places = places_between(starts[i], ends[i], steps[i], size);
    if (i + 1 < starts.size()) {  // one axis at a time
      const OnnxNode* const whole = node_;
      OnnxNode part = *node_;
      part.outputs = {fmt::format("{}\n{}", whole->outputs[0], i)};
      node_ = &part;
      pick(value, axis, places, true, 0);
      node_ = whole;
      value = tensors_.at(part.outputs[0]);
    } else {
      pick(value, axis, places, true, 0);
    }
  }
}

void OnnxGraph::split() {
  only_attributes({"axis", "split", "num_outputs"});
  const Sizes sizes = sizes_of(input(0));
  const std::size_t axis = axis_of(attribute("axis", 0), sizes.size());
  const auto parts = static_cast<std::int64_t>(node_->outputs.size());
  Sizes lengths = axes("split", 1);
  if (lengths.empty()) {
    lengths.assign(node_->outputs.size(), sizes[axis] / parts);
  }
  if (sizes[axis] > most_places || static_cast<std::int64_t>(lengths.size()) != parts) {
    fail("has parts that do not make up the axis");
  }
  std::int64_t rest = sizes[axis];
  for (const std::int64_t length : lengths) {
    rest -= length;
    if (length < 0 || rest < 0) {
      fail("has parts that do not make up the axis");
    }
  }
  if (rest != 0) {
    fail("has parts that do not make up the axis");
  }
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    Sizes places;
    for (std::int64_t at = begin; at < begin + lengths[i]; ++at) {
      places.push_back(at);
    }
    begin += lengths[i];
    pick(input(0), axis, places, true, i);
  }
}

/// Only of one value: zeros for a state.
void OnnxGraph::expand() {
  const OnnxConstant& from = constant(0);
  Sizes dims = list(1);
  if (from.size() < 1 || !from.all_equal(from.integral ? static_cast<double>(from.integer(0))
                                                       : static_cast<double>(from.number(0)))) {
    fail("repeats different values");
  }
  for (std::size_t i = 0; i < from.dims.size() && i < dims.size(); ++i) {
    std::int64_t& dim = dims[dims.size() - 1 - i];
    dim = std::max(dim, from.dims[from.dims.size() - 1 - i]);
  }
  output(OnnxConstant::filled(
      std::move(dims),
      from.integral,
      from.integral ? static_cast<double>(from.integer(0)) : static_cast<double>(from.number(0))));
}

void OnnxGraph::arithmetic() {
  if (is_data(0) || is_data(1)) {
    if (node_->type == "Add" && is_data(0) != is_data(1)) {
      add_data();
    } else {
      add_or_multiply_data();
    }
    return;
  }
  const Sizes a = list(0), b = list(1);
  if (a.size() != b.size() && a.size() != 1 && b.size() != 1) {
    fail("computes with lists of different lengths");
  }
  Sizes result(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t x = a[a.size() == 1 ? 0 : i], y = b[b.size() == 1 ? 0 : i];
    bool wrong = false;
    if (node_->type == "Add") {
      wrong = __builtin_add_overflow(x, y, &result[i]);
    } else if (node_->type == "Sub") {
      wrong = __builtin_sub_overflow(x, y, &result[i]);
    } else if (node_->type == "Mul") {
      wrong = __builtin_mul_overflow(x, y, &result[i]);
    } else {
      wrong = y == 0 || y == -1;
      result[i] = wrong ? 0 : x / y;
    }
    if (wrong) {
      fail("computes a number that is too large");
    }
  }
  output(OnnxConstant::of(a.size() >= b.size() ? constant(0).dims : constant(1).dims, result));
}

void OnnxGraph::equal() {
  Sizes a = list(0);
  const Sizes b = list(1);
  if (a.size() != b.size() && b.size() != 1) {
    fail("compares lists of different lengths");
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = a[i] == b[b.size() == 1 ? 0 : i] ? 1 : 0;
  }
  output(OnnxConstant::of(constant(0).dims, a));
}

void OnnxGraph::where() {
  Sizes chosen = list(0);
  const Sizes yes = list(1), no = list(2);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Sizes& from = chosen[i] != 0 ? yes : no;
    if (from.size() != chosen.size() && from.size() != 1) {
      fail("chooses from lists of different lengths");
    }
    chosen[i] = from[from.size() == 1 ? 0 : i];
  }
  output(OnnxConstant::of(constant(0).dims, chosen));
}

}  // namespace rondo::detail
