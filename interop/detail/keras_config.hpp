/// Configs of Keras 3, Keras 2 and TensorFlow.js as rondo's. For the sources of this folder.
#pragma once

#include <string_view>

#include "rondo/interop/detail/keras_graph.hpp"
#include "rondo/layers/recurrent/options.hpp"

namespace rondo::detail {

/// Whose numbers a config stands for.
struct KerasVersion {
  Compat profile = Compat::keras3;
  int major = 3;
  int minor = 0;
};

/// Of `3.15.1`, `2.21.0` or `tfjs-layers 4.22.0`; without one, what the config's keys say.
[[nodiscard]] KerasVersion keras_version_of(std::string_view version, const Config& model);

/// A config that `make_layer` reads: a Sequential, with the shape of its inputs and with what the
/// profile means by its names.
/// @param reset_after  of the GRUs that do not say
/// @throws FormatError for what holds code, is unknown, or is no chain
[[nodiscard]] Config to_rondo_config(const FilePart& file,
                                     const Config& model,
                                     const KerasVersion& version,
                                     bool reset_after);

/// Whether a GRU in it does not say where it resets.
[[nodiscard]] bool leaves_reset_after_open(const Config& config);

}  // namespace rondo::detail
