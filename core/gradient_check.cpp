#include "rondo/core/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/rng.hpp"

namespace rondo {

namespace {

/// Evaluates the weighted sum of f's result; the inputs and parameters can be moved between calls.
class Checker {
 public:
  Checker(const GradientCheckFunction& f,
          std::span<const Tensor<double>> inputs,
          std::span<Parameter<double>* const> parameters,
          std::uint64_t seed)
      : f_(f), inputs_(inputs.begin(), inputs.end()), parameters_(parameters), seed_(seed) {}

  /// Values of input i; the parameters follow the inputs.
  std::span<double> values(std::size_t i) {
    return i < inputs_.size() ? inputs_[i].view().span()
                              : parameters_[i - inputs_.size()]->mutable_value().span();
  }

  [[nodiscard]] std::size_t count() const { return inputs_.size() + parameters_.size(); }

  [[nodiscard]] std::string name(std::size_t i) const {
    return i < inputs_.size() ? fmt::format("input {}", i)
                              : parameters_[i - inputs_.size()]->path();
  }

  double evaluate() {
    Tape<double> tape({.recording = false});
    return weighted_sum(run(tape));
  }

  std::vector<std::vector<double>> gradients() {
    Tape<double> tape;
    for (Parameter<double>* parameter : parameters_) {
      parameter->zero_grad();
    }
    const auto result = run(tape);
    const auto weights = make_weights(result.shape().size());
    tape.backward(dot(tape, result, weights));
    std::vector<std::vector<double>> gradients;
    for (std::size_t i = 0; i < count(); ++i) {
      const TensorView<const double> grad =
          i < inputs_.size() ? variables_[i].grad()
                             : std::as_const(*parameters_[i - inputs_.size()]).grad();
      gradients.emplace_back(values(i).size(), 0.0);
      if (grad) {
        std::copy(grad.begin(), grad.end(), gradients.back().begin());
      }
    }
    return gradients;
  }

 private:
  Variable<double> run(Tape<double>& tape) {
    variables_.clear();
    for (const Tensor<double>& input : inputs_) {
      variables_.push_back(tape.variable(input));
    }
    return f_(tape, variables_);
  }

  [[nodiscard]] std::vector<double> make_weights(std::size_t n) const {
    Rng rng(seed_);
    std::vector<double> weights(n);
    std::generate(weights.begin(), weights.end(), [&] { return rng.uniform(0.5, 1.5); });
    return weights;
  }

  [[nodiscard]] double weighted_sum(const Variable<double>& result) const {
    const auto weights = make_weights(result.shape().size());
    double total = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      total += weights[i] * result.value()[i];
    }
    return total;
  }

  /// Σ weights·result as an op of its own: the checker must not rely on the ops that it checks.
  static Variable<double> dot(Tape<double>& tape,
                              const Variable<double>& result,
                              const std::vector<double>& weights) {
    struct Saved {
      const double* weights;
    };

    const auto kept = tape.array<double>(weights.size());
    std::copy(weights.begin(), weights.end(), kept.begin());
    return tape.record(
        "weighted_sum",
        std::span(&result, 1),
        Shape{},
        [](TensorView<double> y) { y[0] = 0.0; },
        Saved{kept.data()},
        [](const Gradients<double>& g, const Saved& saved) {
          if (const auto dx = g.of(0)) {
            for (std::size_t i = 0; i < dx.size(); ++i) {
              dx[i] += saved.weights[i] * g.grad()[0];
            }
          }
        });
  }

  const GradientCheckFunction& f_;
  std::vector<Tensor<double>> inputs_;
  std::span<Parameter<double>* const> parameters_;
  std::uint64_t seed_;
  std::vector<Variable<double>> variables_;
};

/// (f(x + h u) − f(x − h u)) / 2h, where u moves the entries of one input.
double central_difference(Checker& checker,
                          std::size_t input,
                          std::span<const double> direction,
                          double step) {
  const std::vector<double> original(checker.values(input).begin(), checker.values(input).end());
  const auto evaluate_at = [&](double distance) {
    const auto values = checker.values(input);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = original[i] + distance * direction[i];
    }
    return checker.evaluate();
  };
  const double high = evaluate_at(step);
  const double low = evaluate_at(-step);
  const auto values = checker.values(input);
  std::copy(original.begin(), original.end(), values.begin());
  return (high - low) / (2.0 * step);
}

void compare(GradientCheckResult& result,
             const GradientCheckOptions& options,
             const std::string& where,
             double analytic,
             double numeric) {
  const double error = std::abs(analytic - numeric) / std::max(1.0, std::abs(numeric));
  const bool worse = !(error <= result.worst_error) && !std::isnan(result.worst_error);
  if (worse || result.report.empty()) {
    result.worst_error = error;
    result.report = fmt::format("{}: analytic {:.12g}, numeric {:.12g}, relative error {:.3g}",
                                where,
                                analytic,
                                numeric,
                                error);
  }
  result.passed = result.passed && error <= options.tolerance;  // NaN does not pass
}

}  // namespace

GradientCheckResult check_gradients(const GradientCheckFunction& f,
                                    std::span<const Tensor<double>> inputs,
                                    GradientCheckOptions options,
                                    std::span<Parameter<double>* const> parameters) {
  Checker checker(f, inputs, parameters, options.seed);
  const auto gradients = checker.gradients();
  GradientCheckResult result;
  Rng rng(options.seed + 1);
  for (std::size_t input = 0; input < checker.count(); ++input) {
    std::vector<double> direction(gradients[input].size(), 0.0);
    if (options.mode == GradientCheckMode::direction) {
      double analytic = 0.0;
      for (std::size_t i = 0; i < direction.size(); ++i) {
        direction[i] = rng.uniform(-1.0, 1.0);
        analytic += direction[i] * gradients[input][i];
      }
      compare(result,
              options,
              checker.name(input),
              analytic,
              central_difference(checker, input, direction, options.epsilon));
      continue;
    }
    for (std::size_t i = 0; i < direction.size(); ++i) {
      direction[i] = 1.0;
      const double step = options.epsilon * std::max(1.0, std::abs(checker.values(input)[i]));
      compare(result,
              options,
              fmt::format("{}[{}]", checker.name(input), i),
              gradients[input][i],
              central_difference(checker, input, direction, step));
      direction[i] = 0.0;
    }
  }
  return result;
}

GradientCheckResult check_gradients(const GradientCheckFunction& f,
                                    std::initializer_list<Tensor<double>> inputs,
                                    GradientCheckOptions options,
                                    std::span<Parameter<double>* const> parameters) {
  return check_gradients(
      f, std::span<const Tensor<double>>(inputs.begin(), inputs.size()), options, parameters);
}

}  // namespace rondo
