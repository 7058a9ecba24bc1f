#include "rondo/interop/detail/c_source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/interop/detail/chain.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view format = "c";

/// A function of the generated file, and the one that it calls.
struct CFunction {
  std::string_view keras;
  std::string_view name;
  std::string_view needs;
  std::string_view source;
};

// A function follows what it needs. `N_` becomes the model's name.
constexpr std::array functions{
    CFunction{
        "",
        "exp",
        "",
        R"(/* e to the x by a polynomial on [-ln 2 / 2, ln 2 / 2]; float is IEEE 754 binary32. */
static float N_exp(float x)
{
    union { uint32_t bits; float value; } power;
    float n, r, p;
    if (x != x) return x;
    if (x < -87.0f) return 0.0f;
    if (x > 88.0f) x = 88.0f;
    n = (float)(int)(x * 1.44269504f + (x < 0.0f ? -0.5f : 0.5f));
    r = x - n * 0.693359375f + n * 2.12194440e-4f;
    p = ((((1.98756915e-4f * r + 1.39819995e-3f) * r + 8.33345191e-3f) * r + 4.16657959e-2f) * r + 0.166666655f) * r + 0.5f;
    power.bits = (uint32_t)((int)n + 127) << 23;
    return (p * r * r + r + 1.0f) * power.value;
}
)"},
    CFunction{"tanh", "tanh", "exp", R"(static float N_tanh(float x)
{
    const float size = x < 0.0f ? -x : x;
    float s;
    if (size < 0.625f) {
        s = x * x;
        return ((((-5.70498873e-3f * s + 2.06390888e-2f) * s - 5.37397156e-2f) * s + 0.133314422f) * s - 0.333332819f) * s * x + x;
    }
    s = 1.0f - 2.0f / (N_exp(2.0f * size) + 1.0f);
    return x < 0.0f ? -s : s;
}
)"},
    CFunction{"sigmoid", "sigmoid", "exp", R"(static float N_sigmoid(float x)
{
    const float e = N_exp(x < 0.0f ? x : -x);
    return x < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}
)"},
    CFunction{"hard_sigmoid", "hard_sigmoid", "", R"(static float N_hard_sigmoid(float x)
{
    const float y = (x + 3.0f) / 6.0f;
    return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;
}
)"},
    CFunction{"hard_sigmoid_keras2", "hard_sigmoid_2", "", R"(static float N_hard_sigmoid_2(float x)
{
    const float y = 0.2f * x + 0.5f;
    return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;
}
)"},
    CFunction{"relu", "relu", "", R"(static float N_relu(float x)
{
    return x < 0.0f ? 0.0f : x;
}
)"},
    CFunction{"relu6", "relu6", "", R"(static float N_relu6(float x)
{
    return x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x;
}
)"},
    CFunction{"elu", "elu", "tanh", R"(static float N_elu(float x)
{
    const float t = N_tanh(0.5f * x);
    return x > 0.0f ? x : 2.0f * t / (1.0f - t);
}
)"},
    CFunction{"selu", "selu", "elu", R"(static float N_selu(float x)
{
    const float y = N_elu(x);
    return 1.05070099f * (x > 0.0f ? y : 1.67326324f * y);
}
)"},
    CFunction{"softsign", "softsign", "", R"(static float N_softsign(float x)
{
    return x / (1.0f + (x < 0.0f ? -x : x));
}
)"}};

constexpr std::string_view affine =
    R"(/* y[m] = bias[m] + x[n] kernel[n][m]; a row of the kernel has `stride` numbers. */
static void N_affine(const float *x, int n, const float *kernel, int stride, const float *bias, int m, float *y)
{
    int i, j;
    for (j = 0; j < m; ++j) y[j] = bias[j];
    for (i = 0; i < n; ++i)
        for (j = 0; j < m; ++j) y[j] += x[i] * kernel[i * stride + j];
}
)";

// Columns z, r, h. @…@ are filled in for each layer.
constexpr std::string_view reset_after =
    R"(/* @path@: GRU, @u@ units, the state is reset after the product */
static void N_layer_@i@(const float *x, float *h)
{
    float a[3 * @u@], b[3 * @u@];
    int j;
    N_affine(x, @f@, N_kernel_@i@, 3 * @u@, N_bias_@i@, 3 * @u@, a);
    N_affine(h, @u@, N_recurrent_@i@, 3 * @u@, N_bias_@i@ + 3 * @u@, 3 * @u@, b);
    for (j = 0; j < @u@; ++j) {
        const float z = @gate@(a[j] + b[j]);
        const float r = @gate@(a[@u@ + j] + b[@u@ + j]);
        const float c = @function@(a[2 * @u@ + j] + r * b[2 * @u@ + j]);
        h[j] = z * h[j] + (1.0f - z) * c;
    }
}
)";

constexpr std::string_view reset_before =
    R"(/* @path@: GRU, @u@ units, the state is reset before the product */
static void N_layer_@i@(const float *x, float *h)
{
    float a[3 * @u@], b[3 * @u@], s[@u@];
    int j;
    N_affine(x, @f@, N_kernel_@i@, 3 * @u@, N_bias_@i@, 3 * @u@, a);
    N_affine(h, @u@, N_recurrent_@i@, 3 * @u@, a, 2 * @u@, b);
    for (j = 0; j < @u@; ++j) {
        a[j] = @gate@(b[j]);
        s[j] = @gate@(b[@u@ + j]) * h[j];
    }
    N_affine(s, @u@, N_recurrent_@i@ + 2 * @u@, 3 * @u@, a + 2 * @u@, @u@, b);
    for (j = 0; j < @u@; ++j) h[j] = a[j] * h[j] + (1.0f - a[j]) * @function@(b[j]);
}
)";

constexpr std::string_view dense = R"(/* @path@: Dense, @u@ units */
static void N_layer_@i@(const float *x, float *y)
{
@loop_variable@    N_affine(x, @f@, N_kernel_@i@, @u@, N_bias_@i@, @u@, y);
@loop@}
)";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The file's name as the beginning of a C name: `my-model.c` gives `my_model_`.
std::string prefix_of(const std::filesystem::path& path) {
  std::string name = path.stem().string();
  for (char& c : name) {
    c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  if (name.empty() || std::isalpha(static_cast<unsigned char>(name[0])) == 0) {
    name = "model_" + name;
  }
  return name + '_';
}

class CWriter {
 public:
  explicit CWriter(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string write(const Chain& chain) {
    for (const ChainLayer& layer : chain.layers) {
      if (layer.class_name == "GRU") {
        add_gru(layer);
      } else if (layer.class_name == "Dense") {
        add_dense(layer);
      } else if (layer.class_name != "Dropout") {
        refuse_layer(format,
                     layer,
                     fmt::format("a {} cannot be streamed: only GRU, Dense and "
                                 "Dropout can",
                                 layer.class_name));
      }
    }
    if (states_.empty()) {
      throw_argument_error(format, "there is no GRU in the model");
    }
    std::string text = head() + "#include <stdint.h>\n\n" + declarations() + '\n' +
                       used_functions() + std::string(affine) + '\n' + body_ + ends();
    replace_all(text, "N_", prefix_);
    return text;
  }

 private:
  std::string function(const ChainLayer& layer, const char* key);
  void use(std::string_view name);
  void add_gru(const ChainLayer& layer);
  void add_dense(const ChainLayer& layer);
  void add_layer(const ChainLayer& layer,
                 std::string text,
                 std::size_t features,
                 std::size_t units);
  void add_array(const ChainLayer& layer, const char* name, const Tensor<float>& values);
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string declarations() const;
  [[nodiscard]] std::string used_functions() const;
  [[nodiscard]] std::string ends() const;

  std::string prefix_;
  std::set<std::string_view> used_;
  std::string body_;
  std::size_t layers_ = 0;
  std::size_t features_ = 0;
  std::size_t width_ = 0;            // of the last layer's output
  std::vector<std::size_t> states_;  // units of the GRU layers
  std::vector<std::size_t> widths_;  // of the Dense layers
};

void CWriter::use(std::string_view name) {
  for (const CFunction& f : functions) {
    if (f.name == name && used_.insert(f.name).second && !f.needs.empty()) {
      use(f.needs);
    }
  }
}

/// The name of a function in the file; empty for linear.
std::string CWriter::function(const ChainLayer& layer, const char* key) {
  std::string name = activation_of(layer.options, key);
  if (name == "linear") {
    return "";
  }
  name = name == "hard_sigmoid_keras3" ? "hard_sigmoid"
         : name == "hard_sigmoid_tfjs" ? "hard_sigmoid_keras2"
                                       : name;
  const auto* const found =
      std::find_if(functions.begin(), functions.end(), [&](const CFunction& f) {
        return !f.keras.empty() && f.keras == name;
      });
  if (found == functions.end()) {
    refuse_layer(format, layer, fmt::format("{} '{}' cannot be streamed", key, name));
  }
  use(found->name);
  return fmt::format("N_{}", found->name);
}

void CWriter::add_array(const ChainLayer& layer, const char* name, const Tensor<float>& values) {
  constexpr std::size_t on_a_line = 8;
  body_ += fmt::format("static const float N_{}_{}[{}] = {{", name, layers_, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values.data()[i];
    if (!std::isfinite(value)) {
      refuse_layer(format, layer, "has a weight that is not finite");
    }
    std::string digits = fmt::format("{:.9g}", value);
    digits += digits.find_first_of(".e") == std::string::npos ? ".0f" : "f";
    body_ += (i % on_a_line == 0 ? "\n    " : " ") + digits + (i + 1 < values.size() ? "," : "");
  }
  body_ += "\n};\n";
}

void CWriter::add_layer(const ChainLayer& layer,
                        std::string text,
                        std::size_t features,
                        std::size_t units) {
  if (layers_ > 0 && features != width_) {
    refuse_layer(format, layer, "does not fit the layer before it");
  }
  std::string path = layer.path;
  replace_all(path, "*/", "* /");
  replace_all(text, "@path@", path);
  replace_all(text, "@i@", std::to_string(layers_));
  replace_all(text, "@u@", std::to_string(units));
  replace_all(text, "@f@", std::to_string(features));
  body_ += text + '\n';
  features_ = layers_ == 0 ? features : features_;
  width_ = units;
  ++layers_;
}

void CWriter::add_gru(const ChainLayer& layer) {
  if (!widths_.empty()) {
    refuse_layer(format, layer, "follows a Dense layer: GRU layers come first");
  }
  if (option(layer.options, "go_backwards", false)) {
    refuse_layer(format, layer, "goes backwards: its first step is the last of the sequence");
  }
  const std::size_t features = layer.weights[0].shape()[0], units = layer.weights[1].shape()[0];
  const bool after = option(layer.options, "reset_after", true);
  add_array(layer, "kernel", layer.weights[0]);
  add_array(layer, "recurrent", layer.weights[1]);
  add_array(layer,
            "bias",
            layer.weights.size() > 2 ? layer.weights[2]
                                     : Tensor<float>::zeros({(after ? 2 : 1) * 3 * units}));
  std::string text(after ? reset_after : reset_before);
  replace_all(text, "@gate@", function(layer, "recurrent_activation"));
  replace_all(text, "@function@", function(layer, "activation"));
  add_layer(layer, std::move(text), features, units);
  states_.push_back(units);
}

void CWriter::add_dense(const ChainLayer& layer) {
  if (states_.empty()) {
    refuse_layer(format, layer, "comes before the first GRU");
  }
  const std::size_t features = layer.weights[0].shape()[0], units = layer.weights[0].shape()[1];
  add_array(layer, "kernel", layer.weights[0]);
  add_array(
      layer, "bias", layer.weights.size() > 1 ? layer.weights[1] : Tensor<float>::zeros({units}));
  const std::string name = function(layer, "activation");
  std::string text(dense);
  replace_all(text, "@loop_variable@", name.empty() ? "" : "    int j;\n");
  replace_all(
      text,
      "@loop@",
      name.empty() ? "" : fmt::format("    for (j = 0; j < @u@; ++j) y[j] = {}(y[j]);\n", name));
  add_layer(layer, std::move(text), features, units);
  widths_.push_back(units);
}

std::string CWriter::head() const {
  return fmt::format(
      "/* A trained model, written by rondo: one step of a sequence at a time. C99, no heap, no "
      "library.\n"
      "\n"
      "     N_state state;\n"
      "     float x[N_features], y[N_outputs];\n"
      "     N_reset(&state);               at the beginning of each sequence\n"
      "     N_step(&state, x, y);          for each step\n"
      "\n"
      "   {} features, {} outputs. Declare what is used of it in a header of your own. */\n",
      features_,
      width_);
}

std::string CWriter::declarations() const {
  std::string text = fmt::format(
      "enum {{ N_features = {}, N_outputs = {} }};\n\n"
      "/* What the model remembers of the steps before. */\n"
      "typedef struct {{\n",
      features_,
      width_);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    text += fmt::format("    float h_{}[{}];\n", i, states_[i]);
  }
  return text +
         "} N_state;\n\n"
         "void N_reset(N_state *state);\n"
         "void N_step(N_state *state, const float *x, float *y);\n";
}

std::string CWriter::used_functions() const {
  std::string text;
  for (const CFunction& f : functions) {
    if (used_.contains(f.name)) {
      text += std::string(f.source) + '\n';
    }
  }
  return text;
}

/// The two functions that a program calls.
std::string CWriter::ends() const {
  std::string reset = "void N_reset(N_state *state)\n{\n    int j;\n";
  std::string step = "void N_step(N_state *state, const float *x, float *y)\n{\n";
  for (std::size_t i = 0; i + 1 < widths_.size(); ++i) {
    step += fmt::format("    float y_{}[{}];\n", i, widths_[i]);
  }
  if (widths_.empty()) {
    step += "    int j;\n";
  }
  std::string from = "x";
  for (std::size_t i = 0; i < states_.size(); ++i) {
    reset += fmt::format("    for (j = 0; j < {}; ++j) state->h_{}[j] = 0.0f;\n", states_[i], i);
    step += fmt::format("    N_layer_{}({}, state->h_{});\n", i, from, i);
    from = fmt::format("state->h_{}", i);
  }
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    const std::string to = i + 1 < widths_.size() ? fmt::format("y_{}", i) : "y";
    step += fmt::format("    N_layer_{}({}, {});\n", states_.size() + i, from, to);
    from = to;
  }
  if (widths_.empty()) {
    step += fmt::format("    for (j = 0; j < {}; ++j) y[j] = {}[j];\n", width_, from);
  }
  return reset + "}\n\n" + step + "}\n";
}

}  // namespace

std::vector<std::string> write_c_source(const StoredModel& model,
                                        const std::filesystem::path& path,
                                        const WriteModelOptions&) {
  const std::string text = CWriter(prefix_of(path)).write(chain_of(format, model));
  const std::array<std::span<const std::byte>, 1> parts{std::as_bytes(std::span(text))};
  replace_file(format, path, parts);
  return {};
}

}  // namespace rondo::detail
