#include "rondo/layers/activations.hpp"

#include <array>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/core/ops.hpp"

namespace rondo {

namespace {

struct Functions {
  ActivationSignature<float>* for_float;
  ActivationSignature<double>* for_double;
  Expression (*for_symbol)(const Expression&);  // null: not a function of single elements

  Variable<float> operator()(const Variable<float>& x) const { return for_float(x); }

  Variable<double> operator()(const Variable<double>& x) const { return for_double(x); }
};

template <class F>
constexpr Named<Functions> activation(std::string_view name, F f) {
  return {{name}, {f, f, f}};
}

template <class F>
constexpr Named<Functions> row_activation(std::string_view name, F f) {
  return {{name}, {f, f, nullptr}};
}

constexpr std::array activations{
    activation("linear", [](const auto& x) { return x; }),
    activation("tanh", [](const auto& x) { return tanh(x); }),
    activation("sigmoid", [](const auto& x) { return sigmoid(x); }),
    activation("hard_sigmoid", [](const auto& x) { return hard_sigmoid(x); }),
    activation("hard_sigmoid_keras3", [](const auto& x) { return hard_sigmoid(x); }),
    activation("hard_sigmoid_keras2", [](const auto& x) { return hard_sigmoid_keras2(x); }),
    activation("hard_sigmoid_tfjs", [](const auto& x) { return hard_sigmoid_keras2(x); }),
    activation("relu", [](const auto& x) { return relu(x); }),
    activation("relu6", [](const auto& x) { return relu6(x); }),
    activation("leaky_relu", [](const auto& x) { return leaky_relu(x); }),
    activation("elu", [](const auto& x) { return elu(x); }),
    activation("selu", [](const auto& x) { return selu(x); }),
    activation("celu", [](const auto& x) { return celu(x); }),
    activation("gelu", [](const auto& x) { return gelu(x); }),
    activation("silu", [](const auto& x) { return silu(x); }),
    activation("swish", [](const auto& x) { return silu(x); }),
    activation("hard_silu", [](const auto& x) { return hard_silu(x); }),
    activation("hard_swish", [](const auto& x) { return hard_silu(x); }),
    activation("hard_tanh", [](const auto& x) { return hard_tanh(x); }),
    activation("tanh_shrink", [](const auto& x) { return tanh_shrink(x); }),
    activation("softplus", [](const auto& x) { return softplus(x); }),
    activation("softsign", [](const auto& x) { return softsign(x); }),
    activation("soft_shrink", [](const auto& x) { return soft_shrink(x); }),
    activation("hard_shrink", [](const auto& x) { return hard_shrink(x); }),
    activation("sparse_plus", [](const auto& x) { return sparse_plus(x); }),
    activation("sparse_sigmoid", [](const auto& x) { return sparse_sigmoid(x); }),
    activation("squareplus", [](const auto& x) { return squareplus(x); }),
    activation("log_sigmoid", [](const auto& x) { return log_sigmoid(x); }),
    activation("mish", [](const auto& x) { return mish(x); }),
    activation("exponential", [](const auto& x) { return exp(x); }),
    row_activation("softmax", [](const auto& x) { return softmax(x); }),
    row_activation("log_softmax", [](const auto& x) { return log_softmax(x); }),
    row_activation("sparsemax", [](const auto& x) { return sparsemax(x); }),
};

}  // namespace

Activation::Activation(const char* name)
    : NamedFunction(name, get_named("activation", activations, name).value) {}

bool Activation::can_be_fused() const {
  const auto* const found = find_named(activations, name());
  return !*this || (found != nullptr && found->value.for_symbol != nullptr);
}

Expression Activation::operator()(const Expression& x) const {
  return *this ? get_named("activation", activations, name()).value.for_symbol(x) : x;
}

std::vector<std::string_view> activation_names() {
  return names_of(activations);
}

}  // namespace rondo
