// Inputs, outputs and attributes of the node that is read.
#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/onnx_graph.hpp"

namespace rondo::detail {

namespace {
using Kind = OnnxAttribute::Kind;
}  // namespace

bool OnnxGraph::has_input(std::size_t i) const {
  return i < node_->inputs.size() && !node_->inputs[i].empty();
}

const std::string& OnnxGraph::input_name(std::size_t i) const {
  if (!has_input(i)) {
    fail(fmt::format("lacks input {}", i));
  }
  return node_->inputs[i];
}

OnnxTracked& OnnxGraph::input(std::size_t i) {
  const auto found = tensors_.find(input_name(i));
  if (found == tensors_.end()) {
    fail(fmt::format("takes {}, which nothing gives before it", in_quotes(input_name(i))));
  }
  return found->second;
}

bool OnnxGraph::is_data(std::size_t i) {
  return has_input(i) && std::holds_alternative<OnnxData>(input(i));
}

bool OnnxGraph::is_constant(std::size_t i) {
  return has_input(i) && std::holds_alternative<OnnxConstant>(input(i));
}

OnnxData& OnnxGraph::data(std::size_t i) {
  auto* const found = std::get_if<OnnxData>(&input(i));
  if (found == nullptr) {
    fail(fmt::format("has in {} something that does not depend on the input",
                     in_quotes(input_name(i))));
  }
  return *found;
}

const OnnxConstant& OnnxGraph::constant(std::size_t i) {
  const auto* const found = std::get_if<OnnxConstant>(&input(i));
  if (found == nullptr) {
    fail(fmt::format("has in {} something that is no constant", in_quotes(input_name(i))));
  }
  return *found;
}

void OnnxGraph::output(OnnxTracked value, std::size_t i) {
  if (i >= node_->outputs.size() || node_->outputs[i].empty()) {
    return;
  }
  if (const auto* const made = std::get_if<OnnxConstant>(&value)) {
    budget(*made);
  }
  if (!tensors_.emplace(node_->outputs[i], std::move(value)).second) {
    fail(fmt::format("gives {}, which there is already", in_quotes(node_->outputs[i])));
  }
}

void OnnxGraph::check_budget(std::int64_t more) const {
  constexpr std::size_t always = 1U << 16U;
  if (more < 0 || static_cast<std::size_t>(more) > always + file_.content.size() - made_) {
    fail("makes constants larger than a file of this size needs");
  }
}

void OnnxGraph::budget(const OnnxConstant& made) {
  if (made.size() < 0) {
    fail("makes a constant of an impossible size");
  }
  if (made.uniform) {
    return;
  }
  check_budget(made.size());
  made_ += static_cast<std::size_t>(made.size());
}

Sizes OnnxGraph::list(std::size_t i) {
  const OnnxConstant& values = constant(i);
  constexpr std::int64_t most = 1024;
  if (!values.integral || values.size() > most) {
    fail(fmt::format("has in {} no short list of whole numbers", in_quotes(input_name(i))));
  }
  Sizes result;
  for (std::int64_t k = 0; k < values.size(); ++k) {
    result.push_back(values.integer(static_cast<std::size_t>(k)));
  }
  return result;
}

const OnnxAttribute* OnnxGraph::find(const char* key, Kind kind) const {
  const auto found = node_->attributes.find(key);
  if (found == node_->attributes.end()) {
    return nullptr;
  }
  if (found->second.kind != kind && found->second.kind != Kind::none) {
    fail(fmt::format("has an attribute {} of a wrong kind", key));
  }
  return &found->second;
}

std::int64_t OnnxGraph::attribute(const char* key, std::int64_t by_default) const {
  const OnnxAttribute* const found = find(key, Kind::integer);
  return found == nullptr ? by_default : found->integer;
}

float OnnxGraph::number(const char* key, float by_default) const {
  const OnnxAttribute* const found = find(key, Kind::number);
  return found == nullptr ? by_default : found->number;
}

Sizes OnnxGraph::integers(const char* key) const {
  const OnnxAttribute* const found = find(key, Kind::integers);
  return found == nullptr ? Sizes{} : found->integers;
}

std::vector<float> OnnxGraph::numbers(const char* key) const {
  const OnnxAttribute* const found = find(key, Kind::numbers);
  return found == nullptr ? std::vector<float>{} : found->numbers;
}

void OnnxGraph::only_attributes(std::initializer_list<const char*> known) const {
  for (const auto& [key, value] : node_->attributes) {
    if (std::none_of(
            known.begin(), known.end(), [name = key](const char* k) { return name == k; })) {
      fail(fmt::format("has the attribute {}, which is not read", in_quotes(key)));
    }
  }
}

Sizes OnnxGraph::axes(const char* key, std::size_t input) {
  return has_input(input) ? list(input) : integers(key);
}

std::size_t OnnxGraph::axis_of(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw OnnxProblem{fmt::format("has axis {} for {} axes", axis, rank)};
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace rondo::detail
