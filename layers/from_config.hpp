/// Layers, and the functions among their options, made again from their configs: our own, and those
/// that Keras writes. For every layer, `make_layer(layer.config())` has the same config.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "rondo/layers/layer.hpp"

namespace rondo {

/// Makes a user's layer from the options of its config, the object under `config`. May throw
/// whatever reading JSON throws.
template <Real T>
using LayerMaker = std::function<std::unique_ptr<Layer<T>>(const Config& options)>;

/// A user's own layers by class name; they win over the library's.
template <Real T>
using LayerTypes = std::map<std::string, LayerMaker<T>>;

/// An unbuilt layer with these options. Names that equal the class's default are left open, so that
/// the layer is called as if it had been made by hand.
/// @param config  `{"class_name": …, "config": {…}}`
/// @throws FormatError    for an unknown class or key, a value of a wrong type, another dtype, a
///                        user's own function; the text names the class and the key
/// @throws ArgumentError  from the layer's constructor, for a value out of range
template <Real T = float>
[[nodiscard]] std::unique_ptr<Layer<T>> make_layer(const Config& config,
                                                   const LayerTypes<T>& user_types = {});

// A name, `{"class_name": …, "config": {…}}`, or null for none. Parameters that are missing have
// their defaults.
// @throws FormatError for anything else, ArgumentError for a parameter out of range

[[nodiscard]] Activation make_activation(const Config& config);
[[nodiscard]] Initializer make_initializer(const Config& config);
[[nodiscard]] Regularizer make_regularizer(const Config& config);
[[nodiscard]] Constraint make_constraint(const Config& config);

}  // namespace rondo
