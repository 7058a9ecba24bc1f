#include "rondo/interop/detail/onnx_functions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace rondo::detail {

namespace {

// The first entry of an ONNX function is the name that is read.
constexpr std::array functions{
    OnnxFunction{.keras = "tanh", .onnx = "Tanh", .of_gates = true},
    OnnxFunction{.keras = "sigmoid", .onnx = "Sigmoid", .of_gates = true},
    OnnxFunction{.keras = "relu", .onnx = "Relu", .of_gates = true},
    OnnxFunction{.keras = "softsign", .onnx = "Softsign", .of_gates = true},
    OnnxFunction{.keras = "softplus", .onnx = "Softplus", .of_gates = true},
    OnnxFunction{"hard_sigmoid", "HardSigmoid", true, true, 1.0F / 6.0F, 0.5F, true},
    OnnxFunction{"hard_sigmoid_keras3", "HardSigmoid", true, true, 1.0F / 6.0F, 0.5F, true},
    OnnxFunction{"hard_sigmoid_keras2", "HardSigmoid", true, true, 0.2F, 0.5F, true},
    OnnxFunction{"hard_sigmoid_tfjs", "HardSigmoid", true, true, 0.2F, 0.5F, true},
    OnnxFunction{"elu", "Elu", true, false, 1.0F, 0.0F, true},
    OnnxFunction{"leaky_relu", "LeakyRelu", true, false, 0.2F, 0.0F, true},
    OnnxFunction{"linear", "Affine", true, true, 1.0F, 0.0F, true, false},
    OnnxFunction{.keras = "selu", .onnx = "Selu"},
    OnnxFunction{.keras = "celu", .onnx = "Celu"},
    OnnxFunction{.keras = "exponential", .onnx = "Exp"},
    OnnxFunction{.keras = "hard_silu", .onnx = "HardSwish"},
    OnnxFunction{.keras = "hard_swish", .onnx = "HardSwish"},
    OnnxFunction{.keras = "softmax", .onnx = "Softmax"},
    OnnxFunction{.keras = "log_softmax", .onnx = "LogSoftmax"},
};

constexpr std::array defaults{OnnxDefaults{"Relu", false, false, 0, 0},
                              OnnxDefaults{"Tanh", false, false, 0, 0},
                              OnnxDefaults{"Sigmoid", false, false, 0, 0},
                              OnnxDefaults{"Softsign", false, false, 0, 0},
                              OnnxDefaults{"Softplus", false, false, 0, 0},
                              OnnxDefaults{"Affine", true, true, 1, 0},
                              OnnxDefaults{"LeakyRelu", true, false, 0.01F, 0},
                              OnnxDefaults{"ThresholdedRelu", true, false, 1, 0},
                              OnnxDefaults{"ScaledTanh", true, true, 1, 1},
                              OnnxDefaults{"HardSigmoid", true, true, 0.2F, 0.5F},
                              OnnxDefaults{"Elu", true, false, 1, 0}};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool same_number(float a, float b) {
  constexpr float most = 1e-6F;
  return std::abs(a - b) <= most;
}

}  // namespace

const OnnxFunction* find_keras_function(std::string_view name) {
  const auto* const found = std::find_if(
      functions.begin(), functions.end(), [&](const OnnxFunction& f) { return f.keras == name; });
  return found == functions.end() ? nullptr : found;
}

const OnnxDefaults* find_onnx_defaults(std::string_view name) {
  const auto* const found =
      std::find_if(defaults.begin(), defaults.end(), [&](const OnnxDefaults& d) {
        return same_name(d.onnx, name);
      });
  return found == defaults.end() ? nullptr : found;
}

const OnnxFunction* find_onnx_function(std::string_view name, float alpha, float beta) {
  const auto* const found =
      std::find_if(functions.begin(), functions.end(), [&](const OnnxFunction& f) {
        return same_name(f.onnx, name) && (!f.has_alpha || same_number(f.alpha, alpha)) &&
               (!f.has_beta || same_number(f.beta, beta));
      });
  return found == functions.end() ? nullptr : found;
}

GateOrder onnx_order(std::string_view cell_class) {
  return cell_class == "GRU"    ? GateOrder{0, 1, 2}
         : cell_class == "LSTM" ? GateOrder{0, 3, 1, 2}
                                : GateOrder{0};
}

}  // namespace rondo::detail
