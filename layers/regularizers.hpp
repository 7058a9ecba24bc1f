/// Penalties on weights or outputs, added to the training loss. Formulas and defaults are Keras'.
#pragma once

#include <string>

#include "rondo/core/variable.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

/// Returns a scalar.
template <class T>
using RegularizerSignature = Variable<T>(const Variable<T>&);

class Regularizer : public NamedFunction<RegularizerSignature> {
 public:
  using NamedFunction::NamedFunction;

  /// `"l1"`, `"l2"`, `"l1_l2"` (0.01 each), `"orthogonal_regularizer"`.
  /// @throws ArgumentError for an unknown name; the text lists the known ones
  Regularizer(const char* name);  // NOLINT: implicit on purpose, as Activation

  Regularizer(const std::string& name) : Regularizer(name.c_str()) {}  // NOLINT: as above

  /// A user's own: `[](const auto& x) { return 0.1 * sum(abs(x)); }`
  template <GenericFunction<RegularizerSignature> F>
  Regularizer(F f) : NamedFunction("custom", std::move(f)) {}  // NOLINT: as above

  template <Real T>
  Variable<T> operator()(const Variable<T>& x) const {
    return this->get<T>()(x);
  }
};

enum class OrthogonalMode { rows, columns };

namespace regularizers {

// Coefficients must be finite and not negative. @throws ArgumentError otherwise

/// l1 · Σ |x|
Regularizer l1(double l1 = 0.01);
/// l2 · Σ x²
Regularizer l2(double l2 = 0.01);
Regularizer l1_l2(double l1 = 0.01, double l2 = 0.01);
/// factor · mean of the off-diagonal |cosines| between rows (or columns); rank 2 only.
Regularizer orthogonal(double factor = 0.01, OrthogonalMode mode = OrthogonalMode::rows);

}  // namespace regularizers

}  // namespace rondo
