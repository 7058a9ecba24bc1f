/// Cases that other systems answered: what they were given and what they made of it, as JSON.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "rondo/layers/recurrent/weight_conversion.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace rondo::test {

using Json = nlohmann::json;

/// A file of tests/layers/recurrent/cases.
inline Json read_case(const std::string& name) {
  std::ifstream file("tests/layers/recurrent/cases/" + name + ".json");
  BOOST_REQUIRE_MESSAGE(file, "there is no case " << name);
  return Json::parse(file);
}

/// The numbers of nested arrays, in row-major order.
inline std::vector<double> numbers(const Json& json) {
  if (json.is_number()) {
    return {json.get<double>()};
  }
  std::vector<double> result;
  for (const Json& entry : json) {
    const auto inner = numbers(entry);
    result.insert(result.end(), inner.begin(), inner.end());
  }
  return result;
}

inline Shape shape_of(const Json& json) {
  Shape shape;
  for (const Json* level = &json; level->is_array(); level = &level->front()) {
    shape.append(level->size());
  }
  return shape;
}

template <Real T>
Tensor<T> tensor_of(const Json& json) {
  return tensor<T>(shape_of(json), numbers(json));
}

template <Real T>
NamedTensors<T> tensors_of(const Json& json) {
  NamedTensors<T> result;
  for (const auto& [name, values] : json.items()) {
    result[name] = tensor_of<T>(values);
  }
  return result;
}

template <Real T>
void check_same(const NamedTensors<T>& actual, const Json& expected, double allowed) {
  for (const auto& [name, tensor] : actual) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_REQUIRE(expected.contains(name));
      BOOST_CHECK_EQUAL(tensor.shape(), shape_of(expected[name]));
      check_close(tensor, numbers(expected[name]), allowed);
    }
  }
}

}  // namespace rondo::test
