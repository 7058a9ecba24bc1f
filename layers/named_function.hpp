/// A function that exists for both element types, with the name or config it was made from: the
/// common part of Activation, Initializer, Regularizer and Constraint.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "rondo/core/real.hpp"

namespace rondo {

/// @tparam Signature  Signature<T> is the function's type for element type T
template <template <class> class Signature>
class NamedFunction {
 public:
  /// None: tests false.
  NamedFunction() = default;

  /// A user's own function: a generic lambda that works for float and double.
  template <class F>
  NamedFunction(std::string name, F f) : config_('"' + name + '"'), name_(std::move(name)) {
    set(std::move(f));
  }

  /// One that can be made again from `config`, a JSON text.
  template <class F>
  NamedFunction(std::string name, std::string config, F f)
      : config_(std::move(config)), name_(std::move(name)) {
    set(std::move(f));
  }

  explicit operator bool() const { return static_cast<bool>(float_); }

  [[nodiscard]] const std::string& name() const { return name_; }

  /// JSON text: a name, or `{"class_name": …, "config": {…}}`; `null` for none.
  [[nodiscard]] const std::string& config() const { return config_; }

  template <Real T>
  [[nodiscard]] const std::function<Signature<T>>& get() const {
    if constexpr (std::is_same_v<T, float>) {
      return float_;
    } else {
      return double_;
    }
  }

 protected:
  template <class F>
  void set(F f) {
    float_ = f;
    double_ = std::move(f);
  }

  std::string config_ = "null";

 private:
  std::string name_;
  std::function<Signature<float>> float_;
  std::function<Signature<double>> double_;
};

/// A generic callable for both element types, and nothing that a name could be made from. Named
/// ones are left out first: whether a std::function can hold one depends on its copy, which asks
/// this again.
template <class F, template <class> class Signature>
concept GenericFunction =
    !std::is_base_of_v<NamedFunction<Signature>, F> && !std::is_convertible_v<F, std::string> &&
    std::is_constructible_v<std::function<Signature<float>>, F> &&
    std::is_constructible_v<std::function<Signature<double>>, F>;

}  // namespace rondo
