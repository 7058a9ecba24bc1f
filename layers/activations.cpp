#include "rondo/layers/activations.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"

namespace rondo {

namespace {

struct Entry {
  std::string_view name;
  ActivationSignature<float>* for_float;
  ActivationSignature<double>* for_double;
};

template <class F>
constexpr Entry entry(std::string_view name, F f) {
  return {name, f, f};
}

constexpr std::array entries{
    entry("linear", [](const auto& x) { return x; }),
    entry("tanh", [](const auto& x) { return tanh(x); }),
    entry("sigmoid", [](const auto& x) { return sigmoid(x); }),
    entry("hard_sigmoid", [](const auto& x) { return hard_sigmoid(x); }),
    entry("hard_sigmoid_keras3", [](const auto& x) { return hard_sigmoid(x); }),
    entry("hard_sigmoid_keras2", [](const auto& x) { return hard_sigmoid_keras2(x); }),
    entry("hard_sigmoid_tfjs", [](const auto& x) { return hard_sigmoid_keras2(x); }),
    entry("relu", [](const auto& x) { return relu(x); }),
    entry("relu6", [](const auto& x) { return relu6(x); }),
    entry("leaky_relu", [](const auto& x) { return leaky_relu(x); }),
    entry("elu", [](const auto& x) { return elu(x); }),
    entry("selu", [](const auto& x) { return selu(x); }),
    entry("celu", [](const auto& x) { return celu(x); }),
    entry("gelu", [](const auto& x) { return gelu(x); }),
    entry("silu", [](const auto& x) { return silu(x); }),
    entry("swish", [](const auto& x) { return silu(x); }),
    entry("hard_silu", [](const auto& x) { return hard_silu(x); }),
    entry("hard_swish", [](const auto& x) { return hard_silu(x); }),
    entry("hard_tanh", [](const auto& x) { return hard_tanh(x); }),
    entry("tanh_shrink", [](const auto& x) { return tanh_shrink(x); }),
    entry("softplus", [](const auto& x) { return softplus(x); }),
    entry("softsign", [](const auto& x) { return softsign(x); }),
    entry("soft_shrink", [](const auto& x) { return soft_shrink(x); }),
    entry("hard_shrink", [](const auto& x) { return hard_shrink(x); }),
    entry("sparse_plus", [](const auto& x) { return sparse_plus(x); }),
    entry("sparse_sigmoid", [](const auto& x) { return sparse_sigmoid(x); }),
    entry("squareplus", [](const auto& x) { return squareplus(x); }),
    entry("log_sigmoid", [](const auto& x) { return log_sigmoid(x); }),
    entry("mish", [](const auto& x) { return mish(x); }),
    entry("exponential", [](const auto& x) { return exp(x); }),
    entry("softmax", [](const auto& x) { return softmax(x); }),
    entry("log_softmax", [](const auto& x) { return log_softmax(x); }),
    entry("sparsemax", [](const auto& x) { return sparsemax(x); }),
};

const Entry& find_entry(std::string_view name) {
  const auto* const found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
  if (found == entries.end()) {
    throw_argument_error(
        "activation",
        fmt::format("unknown name '{}', known are {}", name, fmt::join(activation_names(), ", ")));
  }
  return *found;
}

/// Calls the entry's function for the element type of its argument.
struct Named {
  const Entry* entry;

  Variable<float> operator()(const Variable<float>& x) const { return entry->for_float(x); }

  Variable<double> operator()(const Variable<double>& x) const { return entry->for_double(x); }
};

}  // namespace

Activation::Activation(const char* name) : NamedFunction(name, Named{&find_entry(name)}) {}

std::vector<std::string_view> activation_names() {
  std::vector<std::string_view> names;
  for (const Entry& e : entries) {
    names.push_back(e.name);
  }
  return names;
}

}  // namespace rondo
