// Operators that move, drop and join axes.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "rondo/interop/detail/onnx_graph.hpp"

namespace rondo::detail {

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

}  // namespace rondo::detail
