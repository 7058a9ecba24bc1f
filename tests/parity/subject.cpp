#include "rondo/tests/parity/subject.hpp"

#include <fmt/format.h>

#include "rondo/tests/parity/subjects.hpp"

namespace rondo::parity {

NamedTensors<double> named_arrays(const Json& object) {
  NamedTensors<double> result;
  for (const auto& [name, array] : object.items()) {
    if (array.is_array()) {
      result.emplace(name, to_tensor<double>(array));
    }
  }
  return result;
}

CellArrays cell_arrays(GRUWeights<double> weights) {
  CellArrays result{{"kernel", std::move(weights.kernel)},
                    {"recurrent_kernel", std::move(weights.recurrent_kernel)}};
  if (weights.bias.size() > 0) {
    result.emplace("bias", std::move(weights.bias));
  }
  return result;
}

template <Real T>
std::vector<CellArrays> Subject<T>::arrays(const Json& weights) const {
  if (weights.is_array()) {
    std::vector<CellArrays> result;
    for (const Json& cell : weights) {
      result.push_back(named_arrays(cell));
    }
    return result;
  }
  if (weights.contains("forward")) {
    return {named_arrays(weights.at("forward")), named_arrays(weights.at("backward"))};
  }
  return {named_arrays(weights)};
}

template <Real T>
std::unique_ptr<Subject<T>> make_subject(const Json& test_case, UseFused path) {
  const std::string system = test_case.at("system");
  const std::string kind = test_case.at("kind");
  const auto require = [&](const char* expected) {
    if (system != expected) {
      throw CaseError(
          fmt::format("kind '{}' belongs to {}, not to system '{}'", kind, expected, system));
    }
  };
  if (kind == "torch_gru") {
    require("torch");
    return make_torch_subject<T>(test_case.at("options"), path);
  }
  if (kind == "onnx_gru") {
    require("onnxruntime");
    return make_onnx_subject<T>(test_case.at("options"), path);
  }
  return make_keras_subject<T>(test_case, path);
}

template class Subject<float>;
template class Subject<double>;
template std::unique_ptr<Subject<float>> make_subject(const Json&, UseFused);
template std::unique_ptr<Subject<double>> make_subject(const Json&, UseFused);

}  // namespace rondo::parity
