/// Brings the columns of a series to a common scale and back. Fit on the training part only: what a
/// scaler has seen of the rest leaks into the model.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// A shift and a scale per column: y = (x - offset) / scale. Subclasses differ in how fit() finds
/// them.
template <Real T>
class Scaler {
 public:
  virtual ~Scaler() = default;

  /// Learns the parameters. Sums are formed in double.
  ///
  /// @param values  [L, F], L > 0, finite
  /// @throws ShapeError     if values are not [L, F] with at least one row
  /// @throws ArgumentError  if a value is not finite, or the range of a column is not
  void fit(TensorView<const T> values);

  /// @param values  [.., F]
  /// @throws StateError if not fitted, ShapeError if the last axis is not F
  [[nodiscard]] Tensor<T> transform(TensorView<const T> values) const;
  [[nodiscard]] Tensor<T> inverse_transform(TensorView<const T> values) const;

  /// Values of a single column, of any shape: forecasts of one column among several.
  /// @throws StateError if not fitted, ArgumentError if there is no such column
  [[nodiscard]] Tensor<T> transform(TensorView<const T> values, std::size_t column) const;
  [[nodiscard]] Tensor<T> inverse_transform(TensorView<const T> values, std::size_t column) const;
  [[nodiscard]] T transform(T value, std::size_t column) const;
  [[nodiscard]] T inverse_transform(T value, std::size_t column) const;

  [[nodiscard]] bool is_fitted() const { return !scale_.empty(); }

  /// The parameters, [F] each, to be saved with a model; empty if not fitted.
  [[nodiscard]] std::span<const double> offset() const { return offset_; }

  [[nodiscard]] std::span<const double> scale() const { return scale_; }

  /// Takes the place of fit().
  /// @throws ShapeError if the lengths differ or are 0, ArgumentError unless all are finite and
  /// scale > 0
  void set_parameters(std::span<const double> offset, std::span<const double> scale);

  /// Kind and parameters as one line of JSON, to be saved with a model: a text of
  /// `save_weights(path, weights, {{"scaler", scaler.to_json()}})`.
  /// @throws StateError if not fitted
  [[nodiscard]] std::string to_json() const;

  /// Takes the place of fit().
  /// @throws FormatError unless the text came from to_json() of the same kind of scaler
  void from_json(std::string_view json);

 protected:
  Scaler() = default;
  Scaler(const Scaler&) = default;
  Scaler(Scaler&&) noexcept = default;
  Scaler& operator=(const Scaler&) = default;
  Scaler& operator=(Scaler&&) noexcept = default;

  struct Affine {
    double offset;
    double scale;
  };

  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The parameters of one column of finite values, at least one.
  [[nodiscard]] virtual Affine fit_column(std::span<const double> values) const = 0;

 private:
  void check_fitted() const;
  void check_width(TensorView<const T> values) const;
  void check_column(std::size_t column) const;

  std::vector<double> offset_;
  std::vector<double> scale_;
};

/// Mean 0 and variance 1: offset = mean, scale = sqrt(variance), divided by L, not L - 1. A
/// column that is constant but for rounding gets scale 1, as in scikit-learn.
template <Real T = float>
class StandardScaler : public Scaler<T> {
 protected:
  [[nodiscard]] std::string_view name() const override { return "StandardScaler"; }

  [[nodiscard]] typename Scaler<T>::Affine fit_column(
      std::span<const double> values) const override;
};

struct MinMaxScalerOptions {
  double low = 0.0;
  double high = 1.0;  // > low
};

/// The smallest value becomes `low`, the largest `high`. A constant column becomes `low`.
template <Real T = float>
class MinMaxScaler : public Scaler<T> {
 public:
  /// @throws ArgumentError unless low < high, both finite
  explicit MinMaxScaler(MinMaxScalerOptions options = {});

 protected:
  [[nodiscard]] std::string_view name() const override { return "MinMaxScaler"; }

  [[nodiscard]] typename Scaler<T>::Affine fit_column(
      std::span<const double> values) const override;

 private:
  MinMaxScalerOptions options_;
};

}  // namespace rondo
