// Functions and losses where a product of 0 and infinity lurks. Expected are the limits.
#include <cmath>
#include <functional>

#include "rondo/tests/support/check.hpp"

namespace ops_infinity_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

template <Real T>
using Function = std::function<Variable<T>(const Variable<T>&)>;

/// The function's limits and those of its slope.
template <Real T>
struct Limits {
  const char* name;
  Function<T> f;
  double low, high;              // values at -inf and inf
  double low_slope, high_slope;  // there
};

constexpr double selu_scale = 1.0507009873554805, selu_alpha = 1.6732632423543772;

template <Real T>
const std::vector<Limits<T>> functions{
    {"tanh", [](const auto& x) { return tanh(x); }, -1, 1, 0, 0},
    {"sigmoid", [](const auto& x) { return sigmoid(x); }, 0, 1, 0, 0},
    {"relu", [](const auto& x) { return relu(x); }, 0, inf, 0, 1},
    {"relu6", [](const auto& x) { return relu6(x); }, 0, 6, 0, 0},
    {"leaky_relu", [](const auto& x) { return leaky_relu(x); }, -inf, inf, 0.2, 1},
    {"leaky_relu 0", [](const auto& x) { return leaky_relu(x, 0.0); }, 0, inf, 0, 1},
    {"elu", [](const auto& x) { return elu(x); }, -1, inf, 0, 1},
    {"selu", [](const auto& x) { return selu(x); }, -selu_scale* selu_alpha, inf, 0, selu_scale},
    {"celu", [](const auto& x) { return celu(x, 2.0); }, -2, inf, 0, 1},
    {"gelu", [](const auto& x) { return gelu(x); }, 0, inf, 0, 1},
    {"gelu by tanh", [](const auto& x) { return gelu(x, true); }, 0, inf, 0, 1},
    {"silu", [](const auto& x) { return silu(x); }, 0, inf, 0, 1},
    {"hard_silu", [](const auto& x) { return hard_silu(x); }, 0, inf, 0, 1},
    {"hard_sigmoid", [](const auto& x) { return hard_sigmoid(x); }, 0, 1, 0, 0},
    {"hard_sigmoid_keras2", [](const auto& x) { return hard_sigmoid_keras2(x); }, 0, 1, 0, 0},
    {"log_sigmoid", [](const auto& x) { return log_sigmoid(x); }, -inf, 0, 1, 0},
    {"hard_tanh", [](const auto& x) { return hard_tanh(x); }, -1, 1, 0, 0},
    {"tanh_shrink", [](const auto& x) { return tanh_shrink(x); }, -inf, inf, 1, 1},
    {"softplus", [](const auto& x) { return softplus(x); }, 0, inf, 0, 1},
    {"softsign", [](const auto& x) { return softsign(x); }, -1, 1, 0, 0},
    {"soft_shrink", [](const auto& x) { return soft_shrink(x); }, -inf, inf, 1, 1},
    {"hard_shrink", [](const auto& x) { return hard_shrink(x); }, -inf, inf, 1, 1},
    {"threshold", [](const auto& x) { return threshold(x, 1.0, 3.0); }, 3, inf, 0, 1},
    {"sparse_plus", [](const auto& x) { return sparse_plus(x); }, 0, inf, 0, 1},
    {"sparse_sigmoid", [](const auto& x) { return sparse_sigmoid(x); }, 0, 1, 0, 0},
    {"squareplus", [](const auto& x) { return squareplus(x); }, 0, inf, 0, 1},
    {"mish", [](const auto& x) { return mish(x); }, 0, inf, 0, 1},
    {"square", [](const auto& x) { return square(x); }, inf, inf, -inf, inf},
    {"abs", [](const auto& x) { return abs(x); }, inf, inf, -1, 1},
    {"exp", [](const auto& x) { return exp(x); }, 0, inf, 0, inf},
};

/// A limit that is infinite grows with x; the others are reached.
double at_large(double limit, double slope, double x) {
  return std::isinf(limit) ? slope * x : limit;
}

template <Real T>
void check_at(const Limits<T>& f, T at, double value, double slope) {
  BOOST_TEST_CONTEXT(f.name << " at " << at) {
    Tape<T> tape;
    const auto x = tape.variable(at);
    const auto y = f.f(x);
    check_close(y, {value});
    tape.backward(y);
    check_close(x.grad(), {slope});
  }
}

/// Value of a loss and its slopes.
template <Real T, class L>
void check_loss(std::initializer_list<T> predictions,
                const L& loss,
                double value,
                const std::vector<double>& slopes) {
  Tape<T> tape;
  const Shape shape{1, predictions.size()};
  const auto p = tape.variable(Tensor<T>::from_values(shape, predictions));
  const auto result = loss(p);
  check_close(result, {value});
  tape.backward(result);
  check_close(p.grad(), slopes);
}

template <Real T>
Tensor<T> row(std::initializer_list<T> values) {
  return Tensor<T>::from_values({1, values.size()}, values);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_infinity)

BOOST_AUTO_TEST_CASE_TEMPLATE(functions_have_their_limits_at_infinity, T, RealTypes) {
  for (const Limits<T>& f : functions<T>) {
    check_at(f, static_cast<T>(-inf), f.low, f.low_slope);
    check_at(f, static_cast<T>(inf), f.high, f.high_slope);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(functions_reach_their_limits_at_large_numbers, T, RealTypes) {
  for (const Limits<T>& f : functions<T>) {
    if (std::string(f.name) == "square" || std::string(f.name) == "exp") {
      continue;  // overflow by their nature
    }
    for (const T large : {T(1e15), T(1e30), std::numeric_limits<T>::max() / T{4}}) {
      const auto x = static_cast<double>(large);
      check_at(f, -large, at_large(f.low, f.low_slope, -x), f.low_slope);
      check_at(f, large, at_large(f.high, f.high_slope, x), f.high_slope);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nan_stays_nan, T, RealTypes) {
  for (const Limits<T>& f : functions<T>) {
    const std::string name = f.name;
    if (name == "soft_shrink" || name == "hard_shrink" || name == "threshold") {
      continue;  // a constant for "else"
    }
    Tape<T> tape;
    const auto x = tape.variable(std::numeric_limits<T>::quiet_NaN());
    BOOST_TEST(std::isnan(f.f(x).item()), f.name);
  }
}

// d/db a^b = a^b log a: 0 where a^b is.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_power_that_vanishes_has_no_slope, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(static_cast<T>(inf));
  const auto b = tape.variable(T{-1});
  tape.backward(pow(a, b));
  check_close(b.grad(), {0});
}

// ---- losses ----

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_crossentropy_of_infinite_logits, T, RealTypes) {
  const auto high = static_cast<T>(inf);
  const auto loss_of = [](T y) {
    return [target = row<T>({y})](const Variable<T>& p) {
      return binary_crossentropy(p, target, {.from_logits = true});
    };
  };
  check_loss<T>({high}, loss_of(1), 0, {0});
  check_loss<T>({-high}, loss_of(0), 0, {0});
  check_loss<T>({high}, loss_of(0), inf, {1});
  check_loss<T>({-high}, loss_of(1), inf, {-1});
  check_loss<T>({high}, loss_of(T(0.25)), inf, {0.75});
}

// A class that cannot be has the logit -inf; one that is certain inf.
BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_crossentropy_of_infinite_logits, T, RealTypes) {
  const auto high = static_cast<T>(inf);
  const auto one_hot = row<T>({0, 1, 0});
  const auto label = Tensor<T>::full({1}, T{1});
  const auto by_row = [&](const Variable<T>& p) {
    return categorical_crossentropy(p, one_hot, {.from_logits = true});
  };
  const auto by_label = [&](const Variable<T>& p) {
    return sparse_categorical_crossentropy(p, label, {.from_logits = true});
  };
  const double log2 = std::log(2.0);
  check_loss<T>({-high, 3, 3}, by_row, log2, {0, -0.5, 0.5});
  check_loss<T>({-high, 3, 3}, by_label, log2, {0, -0.5, 0.5});
  check_loss<T>({0, high, 3}, by_row, 0, {0, 0, 0});
  check_loss<T>({0, high, 3}, by_label, 0, {0, 0, 0});
  check_loss<T>({0, -high, 0}, by_row, inf, {0.5, -1, 0.5});
  check_loss<T>({0, 3, high}, by_label, inf, {0, -1, 1});
}

// All classes are excluded: there is no answer.
BOOST_AUTO_TEST_CASE(a_row_without_a_possible_class_is_nan) {
  Tape<double> tape;
  const auto p = tape.variable(row<double>({-inf, -inf}));
  BOOST_TEST(
      std::isnan(categorical_crossentropy(p, row<double>({1, 0}), {.from_logits = true}).item()));
}

// max(-inf, 0, 1) - 2 + 1 and max(-inf, 0, 3) - 2 + 1
BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_hinge_of_an_excluded_class, T, RealTypes) {
  const auto target = row<T>({0, 1, 0});
  const auto loss = [&](const Variable<T>& p) { return categorical_hinge(p, target); };
  const auto low = static_cast<T>(-inf);
  check_loss<T>({low, 2, 1}, loss, 0, {0, 0, 0});
  check_loss<T>({low, 2, 3}, loss, 2, {0, -1, 1});
}

// (1 − p)^γ goes to 0 slower than its slope grows, but times a logarithm that is 0.
BOOST_AUTO_TEST_CASE_TEMPLATE(focal_crossentropy_of_a_certain_sample, T, RealTypes) {
  for (const double gamma : {0.0, 0.25, 0.5, 1.0, 2.0}) {
    for (const T y : {T{0}, T{1}}) {
      const auto target = row<T>({y});
      const auto of_logit = [&](const Variable<T>& p) {
        return binary_focal_crossentropy(p, target, {.gamma = gamma, .from_logits = true});
      };
      const auto of_probability = [&](const Variable<T>& p) {
        return binary_focal_crossentropy(p, target, {.gamma = gamma});
      };
      const T side = y == T{1} ? T{1} : T{-1};
      // Without the factor, -log of the clipped probability is left.
      const double certain = gamma == 0.0 ? -std::log1p(-1e-7) : 0.0;
      BOOST_TEST_CONTEXT("gamma " << gamma << ", target " << y) {
        for (const T logit : {T{40}, T{1000}, static_cast<T>(inf)}) {
          check_loss<T>({side * logit}, of_logit, certain, {0});
        }
        // With gamma 1 the factor's slope is 1, times that logarithm.
        const double slope = gamma == 1.0 ? std::log1p(-1e-7) * static_cast<double>(side) : 0.0;
        check_loss<T>({y}, of_probability, certain, {slope});
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_infinity_test
