/// Tensors in the JSON files of tests/golden: {"shape": [..], "values": [..]}.
#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "rondo/core/tensor.hpp"

namespace rondo::test {

/// @param path  from the folder of the project, where tests run
inline nlohmann::json read_golden(const std::string& path) {
  std::ifstream in(path);
  BOOST_REQUIRE_MESSAGE(in, path << " cannot be read");
  return nlohmann::json::parse(in);
}

template <Element T>
Tensor<T> golden_tensor(const nlohmann::json& json) {
  Tensor<T> result(Shape(json["shape"].get<std::vector<std::size_t>>()));
  const auto values = json["values"].get<std::vector<double>>();
  BOOST_REQUIRE_EQUAL(values.size(), result.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.data()[i] = static_cast<T>(values[i]);
  }
  return result;
}

/// An empty tensor if the key is not there.
template <Element T>
Tensor<T> golden_tensor(const nlohmann::json& json, const char* key) {
  return json.contains(key) ? golden_tensor<T>(json[key]) : Tensor<T>();
}

/// The empty view for an empty tensor.
template <Element T>
TensorView<const T> view_or_none(const Tensor<T>& tensor) {
  return tensor.size() > 0 ? tensor.view() : TensorView<const T>();
}

}  // namespace rondo::test
