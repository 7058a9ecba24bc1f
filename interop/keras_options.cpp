#include "rondo/interop/detail/keras_options.hpp"

#include <algorithm>
#include <array>

namespace rondo::detail {

namespace {

using enum OptionKind;

constexpr std::string_view glorot = R"({"class_name":"GlorotUniform","config":{}})";
constexpr std::string_view orthogonal = R"({"class_name":"Orthogonal","config":{"gain":1.0}})";
constexpr std::string_view zeros = R"({"class_name":"Zeros","config":{}})";
constexpr std::string_view ones = R"({"class_name":"Ones","config":{}})";
constexpr std::string_view uniform =
    R"({"class_name":"RandomUniform","config":{"minval":-0.05,"maxval":0.05}})";

// clang-format off
#define RONDO_CELL_OPTIONS                                                                    \
  KerasOption{"units", always}, KerasOption{"activation", activation, "\"tanh\""},           \
  KerasOption{"use_bias", plain, "true"},                                                    \
  KerasOption{"kernel_initializer", initializer, glorot},                                    \
  KerasOption{"recurrent_initializer", initializer, orthogonal},                             \
  KerasOption{"bias_initializer", initializer, zeros},                                       \
  KerasOption{"kernel_regularizer", function}, KerasOption{"recurrent_regularizer", function}, \
  KerasOption{"bias_regularizer", function}, KerasOption{"kernel_constraint", function},     \
  KerasOption{"recurrent_constraint", function}, KerasOption{"bias_constraint", function},   \
  KerasOption{"dropout", plain, "0.0"}, KerasOption{"recurrent_dropout", plain, "0.0"},      \
  KerasOption{"implementation", label}
#define RONDO_LOOP_OPTIONS                                                                    \
  KerasOption{"return_sequences", plain, "false"}, KerasOption{"return_state", plain, "false"}, \
  KerasOption{"go_backwards", plain, "false"}, KerasOption{"stateful", plain, "false"},      \
  KerasOption{"unroll", plain, "false"},                                                     \
  KerasOption{"zero_output_for_mask", plain, "false"},                                       \
  KerasOption{"activity_regularizer", function}
#define RONDO_GRU_OPTIONS                                                                     \
  KerasOption{"recurrent_activation", activation, "\"sigmoid\""},                            \
  KerasOption{"reset_after", plain, "true"}, KerasOption{"seed"}
#define RONDO_LSTM_OPTIONS                                                                    \
  KerasOption{"recurrent_activation", activation, "\"sigmoid\""},                            \
  KerasOption{"unit_forget_bias", plain, "true"}, KerasOption{"seed"}
// clang-format on

constexpr std::array gru{RONDO_CELL_OPTIONS, RONDO_GRU_OPTIONS, RONDO_LOOP_OPTIONS};
constexpr std::array gru_cell{RONDO_CELL_OPTIONS, RONDO_GRU_OPTIONS};
constexpr std::array lstm{RONDO_CELL_OPTIONS, RONDO_LSTM_OPTIONS, RONDO_LOOP_OPTIONS};
constexpr std::array lstm_cell{RONDO_CELL_OPTIONS, RONDO_LSTM_OPTIONS};
// Keras' config of it has no seed.
constexpr std::array simple_rnn{RONDO_CELL_OPTIONS, RONDO_LOOP_OPTIONS, KerasOption{"seed", label}};
constexpr std::array simple_rnn_cell{RONDO_CELL_OPTIONS, KerasOption{"seed", label}};
constexpr std::array rnn{KerasOption{"cell", layer}, RONDO_LOOP_OPTIONS};
constexpr std::array stack{KerasOption{"cells", layers}};
constexpr std::array bidirectional{KerasOption{"layer", layer},
                                   KerasOption{"backward_layer", layer},
                                   KerasOption{"merge_mode", plain, "\"concat\""}};
constexpr std::array time_distributed{KerasOption{"layer", layer}};
constexpr std::array dense{KerasOption{"units", always},
                           KerasOption{"activation", activation, "\"linear\""},
                           KerasOption{"use_bias", plain, "true"},
                           KerasOption{"kernel_initializer", initializer, glorot},
                           KerasOption{"bias_initializer", initializer, zeros},
                           KerasOption{"kernel_regularizer", function},
                           KerasOption{"bias_regularizer", function},
                           KerasOption{"activity_regularizer", function},
                           KerasOption{"kernel_constraint", function},
                           KerasOption{"bias_constraint", function}};
constexpr std::array embedding{KerasOption{"input_dim", always},
                               KerasOption{"output_dim", always},
                               KerasOption{"mask_zero", plain, "false"},
                               KerasOption{"embeddings_initializer", initializer, uniform},
                               KerasOption{"embeddings_regularizer", function},
                               KerasOption{"activity_regularizer", function},
                               KerasOption{"embeddings_constraint", function}};
constexpr std::array normalization{KerasOption{"axis", plain, "-1"},
                                   KerasOption{"epsilon", plain, "0.001"},
                                   KerasOption{"center", plain, "true"},
                                   KerasOption{"scale", plain, "true"},
                                   KerasOption{"beta_initializer", initializer, zeros},
                                   KerasOption{"gamma_initializer", initializer, ones},
                                   KerasOption{"beta_regularizer", function},
                                   KerasOption{"gamma_regularizer", function},
                                   KerasOption{"beta_constraint", function},
                                   KerasOption{"gamma_constraint", function}};
constexpr std::array dropout{
    KerasOption{"rate", always}, KerasOption{"noise_shape"}, KerasOption{"seed"}};
constexpr std::array masking{KerasOption{"mask_value", plain, "0.0"}};

struct KerasClass {
  std::string_view name;
  std::span<const KerasOption> options;
};

constexpr std::array classes{KerasClass{"Bidirectional", bidirectional},
                             KerasClass{"Dense", dense},
                             KerasClass{"Dropout", dropout},
                             KerasClass{"Embedding", embedding},
                             KerasClass{"GRU", gru},
                             KerasClass{"GRUCell", gru_cell},
                             KerasClass{"LSTM", lstm},
                             KerasClass{"LSTMCell", lstm_cell},
                             KerasClass{"LayerNormalization", normalization},
                             KerasClass{"Masking", masking},
                             KerasClass{"RNN", rnn},
                             KerasClass{"SimpleRNN", simple_rnn},
                             KerasClass{"SimpleRNNCell", simple_rnn_cell},
                             KerasClass{"StackedRNNCells", stack},
                             KerasClass{"TimeDistributed", time_distributed}};

constexpr std::array only_rondo{
    RondoOption{"time_major", "false", "false"},
    RondoOption{"legacy_masked_carry", "false", "true", "recurrent_dropout"},
    RondoOption{"dropout_mask_count", "1", "3", "dropout"},
    RondoOption{"per_step_input_dropout", "false", "false", "dropout"},
    RondoOption{"masked_output", "\"previous_output\"", "\"previous_state\"", {}, true},
    RondoOption{"prefer_stored_state", "false", "false", "stateful"},
    RondoOption{"reverse_state_order", "false", "any"},  // of states that nobody sees
    RondoOption{"propagate_mask", "true", "true", "return_sequences"}};

constexpr std::array<std::string_view, 16> tfjs_activations{"elu",
                                                            "selu",
                                                            "relu",
                                                            "relu6",
                                                            "linear",
                                                            "sigmoid",
                                                            "hard_sigmoid",
                                                            "softplus",
                                                            "softsign",
                                                            "tanh",
                                                            "softmax",
                                                            "log_softmax",
                                                            "gelu",
                                                            "mish",
                                                            "swish",
                                                            "gelu_new"};

}  // namespace

std::span<const KerasOption> keras_options(std::string_view class_name) {
  const auto* const found = std::find_if(
      classes.begin(), classes.end(), [&](const KerasClass& c) { return c.name == class_name; });
  return found == classes.end() ? std::span<const KerasOption>() : found->options;
}

std::span<const RondoOption> rondo_options() {
  return only_rondo;
}

bool is_tfjs_activation(std::string_view name) {
  return std::find(tfjs_activations.begin(), tfjs_activations.end(), name) !=
         tfjs_activations.end();
}

}  // namespace rondo::detail
