/// The options of each layer that Keras and TensorFlow.js have, and those that only rondo has. For
/// the sources of this folder.
#pragma once

#include <span>
#include <string_view>

namespace rondo::detail {

/// What becomes of an option.
enum class OptionKind {
  plain,        // written if it differs from the default
  always,       // written in any case
  activation,   // a name
  function,     // regularizer or constraint
  initializer,  // likewise, but it only matters for new weights
  layer,        // a layer or a cell
  layers,       // a list of them
  label         // says nothing about the numbers: not written
};

struct KerasOption {
  std::string_view key;
  OptionKind kind = OptionKind::plain;
  /// JSON of Keras' default.
  std::string_view by_default = "null";
};

/// The options of a class; empty if Keras has no such class.
[[nodiscard]] std::span<const KerasOption> keras_options(std::string_view class_name);

/// An option that only rondo has: it may be written away if it has this value, or if another option
/// makes it mean nothing.
struct RondoOption {
  std::string_view key;
  /// JSON of what Keras does anyway.
  std::string_view same_as_keras;
  /// JSON of what TensorFlow.js does anyway, or `any`.
  std::string_view same_as_tfjs;
  /// A flag or rate that must be set for the option to mean anything; empty: it always does.
  std::string_view needs = {};
  /// It concerns masked steps only.
  bool of_masks = false;
};

[[nodiscard]] std::span<const RondoOption> rondo_options();

/// Whether TensorFlow.js has an activation of this name.
[[nodiscard]] bool is_tfjs_activation(std::string_view name);

}  // namespace rondo::detail
