/// Where the weights of a model lie in files of Keras and TensorFlow.js. For the sources of this
/// folder.
#pragma once

#include <string>
#include <vector>

#include "rondo/interop/detail/keras_graph.hpp"

namespace rondo::detail {

struct WeightPlace {
  /// Of HDF5 files of Keras 3: `layers/gru/cell/vars`, and the dataset's number in it.
  std::string group;
  std::size_t index = 0;
  /// `kernel`
  std::string weight;
  /// The layer by the names of the config, for people: `encoder/gru_8`.
  std::string layer;
  /// The layer of the outermost model that it belongs to: legacy files keep its weights together.
  std::size_t top = 0;
  std::string top_name;
  /// Frozen ones come last there.
  bool trainable = true;
  /// `bidirectional/forward_gru/kernel`
  std::string tfjs;
};

/// In the order of rondo's `Layer::weights()`. The config may be Keras' own or rondo's.
/// @throws FormatError for a class that rondo does not have
[[nodiscard]] std::vector<WeightPlace> weight_places(const FilePart& file, const Config& model);

/// All groups `vars` that Keras wants in its file, those without weights too, with the names of the
/// layers that they stand for.
struct LayerGroup {
  std::string group;
  std::string name;
};

[[nodiscard]] std::vector<LayerGroup> layer_groups(const FilePart& file, const Config& model);

}  // namespace rondo::detail
