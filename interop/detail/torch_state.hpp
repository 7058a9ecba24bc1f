/// PyTorch's state_dict and the layers of a model. A state_dict has names and numbers but no
/// layers: these come from the caller. For the sources of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/stored_model.hpp"

namespace rondo::detail {

/// A state_dict, named as PyTorch names it.
struct TorchState {
  /// In the order of the file.
  std::vector<StoredWeight> tensors;
  /// Whether that is the order of the modules; safetensors sorts.
  bool in_order = false;
  std::vector<std::string> notes = {};
};

/// With an architecture the model, else the state_dict's tensors under their own names.
/// @throws FormatError naming the first tensor that is missing, left over or of another shape, an
///         option that PyTorch does not have, and layers that more than one module would fit
StoredModel model_of_state(const ModelSource& file,
                           std::string_view format,
                           TorchState state,
                           const ReadModelOptions& options);

/// The other way; every layer becomes a module of its own, with the layer's path as its prefix.
/// @throws ArgumentError naming layer and option
TorchState state_of_model(std::string_view format, const StoredModel& model);

/// What a list of nn modules means (`[{"name", "class", "arguments", "take"}]`).
struct TorchModules {
  Json config;
  /// The module of each layer that has weights.
  std::vector<std::string> prefixes;
  /// The program's sequences have the time first.
  bool time_first = false;
};

/// @throws FormatError naming module and argument
TorchModules modules_from_json(const ModelSource& file, std::string_view format, const Json& list);

}  // namespace rondo::detail
