#include "rondo/tests/parity/keras_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "rondo/layers/detail/choices.hpp"

namespace rondo::parity {

namespace {

/// Arguments of every layer that change no number of a case: shapes and precision are known, masks
/// are given.
void ignore_layer_arguments(OptionReader& reader) {
  for (const char* name : {"dtype",
                           "input_shape",
                           "batch_input_shape",
                           "batch_size",
                           "input_d_type",  // TF.js' inputDType
                           "seed",
                           "autocast",
                           "enable_caching_device"}) {
    reader.ignore(name);
  }
}

/// Options that no other system has under this name: defaults of a profile, or given with the case.
constexpr std::array<std::string_view, 7> own_options{"seed",
                                                      "masked_output",
                                                      "prefer_stored_state",
                                                      "propagate_mask",
                                                      "legacy_masked_carry",
                                                      "dropout_mask_count",
                                                      "per_step_input_dropout"};

bool is_option_of(Dialect dialect, std::string_view name) {
  if (name == "time_major") {
    return dialect.compat == Compat::keras2;
  }
  const bool keras_only = name == "zero_output_for_mask" || name == "activity_regularizer";
  return !(keras_only && dialect.compat == Compat::tfjs) &&
         std::find(own_options.begin(), own_options.end(), name) == own_options.end();
}

/// The part of the options that `Part` lists, as far as the system has them.
template <class Part, class Options>
void read_part(OptionReader& reader, Options& o, Dialect dialect) {
  o.compat = dialect.compat;
  const auto read = [&](const char* name, auto& member) {
    if (is_option_of(dialect, name)) {
      reader.read(name, member);
    }
  };
  Part::for_each_option(read, o);
}

template <class Options>
void read_layer(OptionReader& reader, Options& o) {
  reader.read("trainable", o.trainable);
  reader.read("name", o.name);
  ignore_layer_arguments(reader);
}

GRUOptions read_gru(OptionReader& reader, Dialect dialect) {
  GRUOptions result;
  read_part<GRUOptions>(reader, result, dialect);
  read_layer(reader, result);
  result.use_fused = dialect.use_fused;
  if (dialect.compat == Compat::keras3) {
    reader.ignore("use_cudnn");  // the choice of a kernel, not of numbers
  }
  return result;
}

MergeMode merge_mode_from(const Json& value) {
  const std::string name = value.is_null() ? "none" : value.get<std::string>();
  const auto* const found = find_named(choices<MergeMode>, name);
  if (found == nullptr) {
    throw CaseError("merge_mode '" + name + "' is unknown");
  }
  return found->value;
}

}  // namespace

Dialect dialect_of(const std::string& system, const std::string& kind) {
  constexpr std::array keras{
      "gru", "gru_losses", "gru_cell", "rnn_gru_cell", "stacked", "bidirectional"};
  constexpr std::array v1{"v1_cell", "v1_rnn"};
  constexpr std::array tfjs{"tfjs_gru", "tfjs_cell", "tfjs_stack"};
  const auto among = [&](const auto& kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (system == "keras" && among(keras)) {
    return {Compat::keras3, Spelling::snake_case};
  }
  if (system == "tf-keras" && (among(keras) || among(v1))) {
    return {Compat::keras2, Spelling::snake_case};
  }
  if (system == "tfjs" && among(tfjs)) {
    return {Compat::tfjs, Spelling::camel_case};
  }
  throw CaseError(fmt::format("kind '{}' of system '{}' is not supported", kind, system));
}

GRUOptions gru_options(const Json& options, Dialect dialect) {
  OptionReader reader(options, "gru", dialect.spelling);
  GRUOptions result = read_gru(reader, dialect);
  reader.finish();
  return result;
}

std::pair<GRUOptions, BidirectionalOptions> bidirectional_options(const Json& options,
                                                                  Dialect dialect) {
  OptionReader reader(options, "bidirectional", dialect.spelling);
  std::pair<GRUOptions, BidirectionalOptions> result{read_gru(reader, dialect), {}};
  if (const Json* mode = reader.find("merge_mode")) {
    result.second.merge_mode = merge_mode_from(*mode);
  }
  reader.finish();
  return result;
}

V1GRUCellOptions v1_cell_options(const Json& options) {
  V1GRUCellOptions result;
  OptionReader reader(options, "v1_cell");
  const auto read = [&](std::string_view name, auto& member) {
    if (name != "activation") {
      reader.read(name.data(), member);
    }
  };
  V1GRUCellOptions::for_each_option(read, result);
  if (const Json* activation = reader.find("activation"); activation && !activation->is_null()) {
    const auto name = activation->get<std::string>();
    result.activation = name == "hard_sigmoid" ? "hard_sigmoid_keras2" : name;
  }
  reader.read("name", result.name);
  reader.read("dtype", result.dtype);
  reader.read("trainable", result.trainable);
  reader.finish();
  return result;
}

GRUCellOptions gru_cell_options(const Json& options, Dialect dialect) {
  GRUCellOptions result;
  OptionReader reader(options, "gru_cell", dialect.spelling);
  read_part<GRUCellOptions>(reader, result, dialect);
  read_layer(reader, result);
  reader.finish();
  return result;
}

std::pair<Json, RNNOptions> split_loop(const Json& options, Dialect dialect) {
  std::pair<Json, RNNOptions> result{options, {}};
  Json loop = Json::object();
  const auto move = [&](const char* name, const auto&) {
    if (const auto found = options.find(name); found != options.end()) {
      loop[name] = *found;
      result.first.erase(name);
    }
  };
  RNNOptions::for_each_option(move, result.second);
  OptionReader reader(loop, "rnn", dialect.spelling);
  read_part<RNNOptions>(reader, result.second, dialect);
  reader.finish();
  return result;
}

StackOptions stack_options(const Json& options, Dialect dialect) {
  StackOptions result;
  result.cells.compat = dialect.compat;
  OptionReader reader(options, "rnn", dialect.spelling);
  reader.ignore("cells");
  read_part<RNNOptions>(reader, result.loop, dialect);
  read_layer(reader, result.loop);
  if (dialect.compat == Compat::keras2) {
    reader.read("reverse_state_order", result.cells.reverse_state_order);
  }
  reader.finish();
  return result;
}

}  // namespace rondo::parity
