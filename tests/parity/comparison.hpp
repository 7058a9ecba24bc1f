/// Arrays of a case, and the comparison of results with them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "rondo/core/core.hpp"
#include "rondo/tests/parity/option_reader.hpp"

namespace rondo::parity {

/// A nested list of numbers. @throws CaseError if it is ragged or holds anything else
template <Real T>
Tensor<T> to_tensor(const Json& array);

/// A nested list of 0/1 or booleans.
Tensor<bool> to_mask(const Json& array);

/// Collects the largest deviation of a case, relative to max(1, largest magnitude of the
/// reference).
class Comparison {
 public:
  /// The tolerance that the case names, or that of its precision: 1e-10 in double, 2e-6 (gradients
  /// 1e-5) in float; of optimizers 1e-9 and 1e-5.
  explicit Comparison(const Json& test_case);

  template <Real T>
  void values(const std::string& name, TensorView<const T> actual, const Json& expected) {
    compare(name, actual, to_tensor<double>(expected), value_tolerance_);
  }

  /// An absent gradient counts as zeros.
  template <Real T>
  void gradient(const std::string& name,
                const Shape& shape,
                TensorView<const T> actual,
                const Tensor<double>& expected);

  /// Stands before the names of what follows.
  void prefix(std::string text) { prefix_ = std::move(text); }

  [[nodiscard]] bool passed() const { return failure_.empty(); }

  /// The largest relative error and where it was found, or the first failure.
  [[nodiscard]] std::string report() const;

 private:
  template <Real T>
  void compare(const std::string& name,
               TensorView<const T> actual,
               const Tensor<double>& reference,
               double tolerance);

  double value_tolerance_;
  double gradient_tolerance_;
  std::string prefix_;
  double worst_ = 0.0;
  std::string worst_name_ = "nothing compared";
  std::string failure_;
};

}  // namespace rondo::parity
