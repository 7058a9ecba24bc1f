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

Sizes all_places(std::int64_t size) {
  Sizes places(static_cast<std::size_t>(size));
  std::iota(places.begin(), places.end(), 0);
  return places;
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

/// The outputs of two directions, joined on the features; or final states of several, stacked.
void OnnxGraph::concat_data() {
  OnnxData joined = data(0);
  const std::size_t axis = axis_of(attribute("axis", 0), joined.axes.size());
  if (!joined.axes[axis].is(feature_label)) {
    stack_states(axis);
    return;
  }
  const OnnxData& second = data(1);
  const bool fits =
      node_->inputs.size() == 2 && joined.selection && second.selection &&
      joined.selection->strands.size() == 1 && second.selection->strands.size() == 1 &&
      joined.selection->strands != second.selection->strands &&
      joined.selection->sequences == second.selection->sequences && joined.axes == second.axes;
  if (!fits) {
    fail("joins tensors that are not the two directions of a recurrent layer");
  }
  joined.selection->strands.push_back(second.selection->strands[0]);
  joined.selection->merge = "concat";
  joined.reversed = false;
  joined.axes[axis].factors[0].size *= 2;
  output(std::move(joined));
}

/// PyTorch's h_n: the final states of all layers and directions on one axis, of which a part is
/// taken later.
void OnnxGraph::stack_states(std::size_t axis) {
  OnnxData stacked = data(0);
  stacked.axes[axis].factors.clear();
  std::vector<Strand> strands;
  for (std::size_t i = 0; i < node_->inputs.size(); ++i) {
    OnnxData state = data(i);
    if (!state.selection || state.selection->sequences || !state.selection->merge.empty() ||
        axis >= state.axes.size() ||
        state.axes[axis].size() != static_cast<std::int64_t>(state.selection->strands.size())) {
      fail("joins tensors that are no final states of recurrent layers");
    }
    state.axes[axis].factors.clear();
    if (state.axes != stacked.axes) {
      fail("joins final states of different sizes");
    }
    strands.insert(strands.end(), state.selection->strands.begin(), state.selection->strands.end());
  }
  stacked.axes[axis].factors = {{direction_label, static_cast<std::int64_t>(strands.size())}};
  stacked.selection->strands = std::move(strands);
  output(std::move(stacked));
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
    const auto clamped = [size](std::int64_t at, std::int64_t low, std::int64_t high) {
      return std::clamp(at < 0 && at >= -size ? at + size
                        : at < 0              ? std::int64_t{-1}
                                              : at,
                        low,
                        high);
    };
    if (steps[i] != 1 && steps[i] != -1) {
      fail(fmt::format("has a step of {}", steps[i]));
    }
    Sizes places;
    if (size > most_places) {
      fail(fmt::format("takes a part of an axis of size {}", size));
    }
    if (steps[i] == 1) {
      for (std::int64_t at = clamped(starts[i], 0, size); at < clamped(ends[i], 0, size); ++at) {
        places.push_back(at);
      }
    } else {
      const std::int64_t last = clamped(ends[i], -1, size - 1);
      for (std::int64_t at = clamped(starts[i], -1, size - 1); at > last; --at) {
        places.push_back(at);
      }
    }
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

/// Places of one axis; without `keep` the one that is picked loses its axis.
void OnnxGraph::pick(
    const OnnxTracked& from, std::size_t axis, const Sizes& places, bool keep, std::size_t to) {
  if (const auto* const tracked = std::get_if<OnnxData>(&from)) {
    pick_data(*tracked, axis, places, keep, to);
    return;
  }
  const OnnxConstant& values = std::get<OnnxConstant>(from);
  Sizes dims = values.dims;
  dims[axis] = static_cast<std::int64_t>(places.size());
  OnnxConstant part = OnnxConstant::filled(dims, values.integral, values.uniform.value_or(0));
  if (!values.uniform) {
    check_budget(product_of(dims));  // a place can be taken many times
    std::vector<Sizes> all;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      all.push_back(i == axis ? places : all_places(dims[i]));
    }
    part = picked(values, all);
  }
  if (!keep) {
    part.dims.erase(part.dims.begin() + static_cast<std::ptrdiff_t>(axis));
  }
  output(std::move(part), to);
}

void OnnxGraph::pick_data(
    const OnnxData& from, std::size_t axis, const Sizes& places, bool keep, std::size_t to) {
  OnnxData result = from;
  DataAxis& picked_axis = result.axes[axis];
  const std::int64_t size = picked_axis.size();
  const bool one = places.size() == 1;
  const bool whole = static_cast<std::int64_t>(places.size()) == size;
  const bool time = picked_axis.factors.size() == 1 && picked_axis.factors[0].label == time_;
  if (whole && size > 1 && time && places.front() == size - 1) {
    result.reversed = !result.reversed;
  } else if (whole && (size == 1 || places.front() == 0)) {
    // nothing is left out
  } else if (picked_axis.is(direction_label) && !places.empty()) {
    std::vector<Strand> strands;
    for (const std::int64_t place : places) {
      strands.push_back(result.selection->strands.at(static_cast<std::size_t>(place)));
    }
    picked_axis.factors[0].size = static_cast<std::int64_t>(strands.size());
    if (one) {
      picked_axis.factors.clear();
      result.reversed = result.selection->sequences &&
                        layers_.run(strands[0].run).is_reverse(strands[0].direction);
    }
    result.selection->strands = std::move(strands);
  } else if (one && time && (places[0] == 0 || places[0] == size - 1)) {
    layers_.take_step(result, places[0] != 0);
    picked_axis.factors.clear();
    result.reversed = false;
  } else {
    fail("takes a part of an axis that is neither one direction nor the last step");
  }
  if (!keep) {
    if (!picked_axis.factors.empty()) {
      fail("drops an axis that is not of size 1");
    }
    result.axes.erase(result.axes.begin() + static_cast<std::ptrdiff_t>(axis));
  }
  output(std::move(result), to);
}

void OnnxGraph::squeeze() {
  only_attributes({"axes"});
  Sizes sizes = sizes_of(input(0));
  std::vector<bool> dropped(sizes.size(), false);
  const Sizes given = axes("axes", 1);
  for (const std::int64_t axis : given) {
    dropped[axis_of(axis, sizes.size())] = true;
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (given.empty()) {
      dropped[i] = sizes[i] == 1;
    }
    if (dropped[i] && sizes[i] != 1) {
      fail(fmt::format("drops an axis of size {}", sizes[i]));
    }
  }
  if (is_data(0)) {
    OnnxData result = data(0);
    for (std::size_t i = sizes.size(); i-- > 0;) {
      if (dropped[i]) {
        result.axes.erase(result.axes.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    output(std::move(result));
    return;
  }
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (dropped[i]) {
      sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  output(reshaped(constant(0), sizes));
}

void OnnxGraph::unsqueeze() {
  only_attributes({"axes"});
  const Sizes given = axes("axes", 1);
  Sizes sizes = sizes_of(input(0));
  std::vector<std::size_t> places;
  for (const std::int64_t axis : given) {
    places.push_back(axis_of(axis, sizes.size() + given.size()));
  }
  std::sort(places.begin(), places.end());
  std::vector<DataAxis> labels = is_data(0) ? data(0).axes : std::vector<DataAxis>(sizes.size());
  for (const std::size_t place : places) {
    sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(place), 1);
    labels.insert(labels.begin() + static_cast<std::ptrdiff_t>(place), DataAxis{});
  }
  if (is_data(0)) {
    OnnxData result = data(0);
    result.axes = std::move(labels);
    output(std::move(result));
  } else {
    output(reshaped(constant(0), sizes));
  }
}

void OnnxGraph::transpose() {
  only_attributes({"perm"});
  const Sizes sizes = sizes_of(input(0));
  Sizes order = integers("perm");
  if (order.empty()) {
    order = all_places(static_cast<std::int64_t>(sizes.size()));
    std::reverse(order.begin(), order.end());
  }
  Sizes sorted = order;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != all_places(static_cast<std::int64_t>(sizes.size()))) {
    fail("has a perm that is no order of the axes");
  }
  if (is_constant(0)) {
    output(transposed(constant(0), order));
    return;
  }
  OnnxData result = data(0);
  result.axes.clear();
  for (const std::int64_t axis : order) {
    result.axes.push_back(data(0).axes[static_cast<std::size_t>(axis)]);
  }
  output(std::move(result));
}

void OnnxGraph::reshape() {
  only_attributes({"allowzero"});
  const Sizes sizes = sizes_of(input(0));
  Sizes dims = list(1);
  std::int64_t known = 1, open = -1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && attribute("allowzero", 0) == 0 && i < sizes.size()) {
      dims[i] = sizes[i];
    }
    if (dims[i] == -1 && open < 0) {
      open = static_cast<std::int64_t>(i);
    } else if (dims[i] <= 0 || __builtin_mul_overflow(known, dims[i], &known)) {
      fail(fmt::format("has the size {}", dims[i]));
    }
  }
  const std::int64_t all = product_of(sizes);
  if (open >= 0) {
    dims[static_cast<std::size_t>(open)] = all / known;
    known *= all / known;
  }
  if (known != all) {
    fail(fmt::format("makes {} values of {}", known, all));
  }
  if (is_constant(0)) {
    output(reshaped(constant(0), dims));
    return;
  }
  OnnxData result = data(0);
  auto axes = reshaped(result.axes, dims);
  if (!axes) {
    fail("cuts an axis: it depends on a size of the input that is not declared, or mixes axes");
  }
  set_axes(result, std::move(*axes));
  output(std::move(result));
}

/// Directions and features in one axis are joined outputs.
void OnnxGraph::set_axes(OnnxData& result, std::vector<DataAxis> axes) const {
  for (DataAxis& axis : axes) {
    auto& factors = axis.factors;
    if (factors.size() == 2 && factors[0].label == direction_label && factors[0].size == 2 &&
        factors[1].label == feature_label) {
      factors = {{feature_label, factors[0].size * factors[1].size}};
      result.selection->merge = "concat";
      result.reversed = false;
    }
  }
  result.axes = std::move(axes);
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
