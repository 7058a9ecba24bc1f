#include "rondo/tests/parity/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "rondo/tests/parity/optimizers.hpp"

namespace rondo::parity {

namespace {

void flatten(const Json& array,
             std::size_t depth,
             std::vector<std::size_t>& dims,
             std::vector<double>& values) {
  if (!array.is_array()) {
    if (depth != dims.size()) {
      throw CaseError("an array is ragged");
    }
    if (!array.is_number() && !array.is_boolean()) {
      throw CaseError(fmt::format("an array holds {}", array.dump()));
    }
    values.push_back(array.is_boolean() ? static_cast<double>(array.get<bool>())
                                        : array.get<double>());
    return;
  }
  if (depth == dims.size() && values.empty()) {
    dims.push_back(array.size());
  }
  if (depth >= dims.size() || dims[depth] != array.size()) {
    throw CaseError("an array is ragged");
  }
  for (const Json& entry : array) {
    flatten(entry, depth + 1, dims, values);
  }
}

template <Element T>
Tensor<T> parse(const Json& array) {
  std::vector<std::size_t> dims;
  std::vector<double> values;
  flatten(array, 0, dims, values);
  Tensor<T> result((Shape(std::span<const std::size_t>(dims))));
  std::transform(
      values.begin(), values.end(), result.data(), [](double v) { return static_cast<T>(v); });
  return result;
}

}  // namespace

template <Real T>
Tensor<T> to_tensor(const Json& array) {
  return parse<T>(array);
}

Tensor<bool> to_mask(const Json& array) {
  return parse<bool>(array);
}

Comparison::Comparison(const Json& test_case) {
  const bool single = test_case.at("dtype") == "float32";
  const bool many_steps = is_optimizer_kind(test_case.at("kind"));
  const double values = many_steps ? (single ? 1e-5 : 1e-9) : (single ? 2e-6 : 1e-10);
  value_tolerance_ = test_case.value("tolerance", values);
  gradient_tolerance_ = test_case.value("tolerance", single ? 1e-5 : 1e-10);
}

template <Real T>
void Comparison::compare(const std::string& name,
                         TensorView<const T> actual,
                         const Tensor<double>& reference,
                         double tolerance) {
  if (reference.shape() != actual.shape() && failure_.empty()) {
    failure_ = fmt::format("{}{} has shape {}, expected {}",
                           prefix_,
                           name,
                           to_string(actual.shape()),
                           to_string(reference.shape()));
    return;
  }
  double scale = 1.0;
  for (const double value : reference.view()) {
    scale = std::max(scale, std::abs(value));
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double difference =
        std::abs(static_cast<double>(actual[i]) - reference.view()[i]) / scale;
    const double error =
        std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
    if (error >= worst_) {
      worst_ = error;
      worst_name_ = prefix_ + name;
    }
    if (error > tolerance && failure_.empty()) {
      failure_ = fmt::format("{}{}[{}] is {:.12g}, expected {:.12g}, relative error {:.3g} > {:g}",
                             prefix_,
                             name,
                             i,
                             static_cast<double>(actual[i]),
                             reference.view()[i],
                             error,
                             tolerance);
    }
  }
}

template <Real T>
void Comparison::gradient(const std::string& name,
                          const Shape& shape,
                          TensorView<const T> actual,
                          const Tensor<double>& expected) {
  const Tensor<T> zeros = Tensor<T>::zeros(shape);
  compare("gradient of " + name, actual ? actual : zeros.view(), expected, gradient_tolerance_);
}

std::string Comparison::report() const {
  return passed() ? fmt::format("largest relative error {:.2e} ({})", worst_, worst_name_)
                  : failure_;
}

#define RONDO_INSTANTIATE(T)                                                   \
  template Tensor<T> to_tensor(const Json&);                                   \
  template void Comparison::compare(                                           \
      const std::string&, TensorView<const T>, const Tensor<double>&, double); \
  template void Comparison::gradient(                                          \
      const std::string&, const Shape&, TensorView<const T>, const Tensor<double>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo::parity
