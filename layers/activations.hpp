/// Activations by name (Keras') or by value; the functions themselves are ops of core.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/expression.hpp"
#include "rondo/core/variable.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

template <class T>
using ActivationSignature = Variable<T>(const Variable<T>&);

class Activation : public NamedFunction<ActivationSignature> {
 public:
  using NamedFunction::NamedFunction;

  /// By name: `"tanh"`, `"hard_sigmoid"`, …
  /// @throws ArgumentError for an unknown name; the text lists the known ones
  Activation(
      const char* name);  // NOLINT: implicit on purpose, options are written .activation = "tanh"

  Activation(const std::string& name) : Activation(name.c_str()) {}  // NOLINT: as above

  /// A user's own: `[](const auto& x) { return x * sigmoid(x); }`
  template <GenericFunction<ActivationSignature> F>
  Activation(F f) : NamedFunction("custom", std::move(f)) {}  // NOLINT: as above

  template <Real T>
  Variable<T> operator()(const Variable<T>& x) const {
    return *this ? this->get<T>()(x) : x;  // none is linear, as in Keras
  }

  /// In a formula for `fuse`; only if it `can_be_fused`.
  Expression operator()(const Expression& x) const;

  /// Whether it is a named function of single elements: not softmax and the like, not a user's own.
  [[nodiscard]] bool can_be_fused() const;
};

/// All names that `Activation` knows.
[[nodiscard]] std::vector<std::string_view> activation_names();

}  // namespace rondo
