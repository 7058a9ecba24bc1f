/// Whole models in files: rondo's own and those of other systems. What a file is, its content says
/// and not its name. `README.md` has the list of formats.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/interop/loaded_model.hpp"
#include "rondo/interop/stored_model.hpp"
#include "rondo/layers/from_config.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

struct ReadModelOptions {
  /// For a file that holds weights alone: the JSON of the model that they belong to, of rondo or of
  /// the system that wrote the file.
  std::string architecture = {};
  /// PyTorch: where in a checkpoint the state_dict lies, and the prefix of its names.
  std::string prefix = {};
  /// PyTorch: a prefix of names for each layer that has weights, in their order; empty: found.
  std::vector<std::string> modules = {};
};

struct WriteModelOptions {
  /// Of the table of formats; empty: by the path's extension.
  std::string format = {};
  /// Whether the sequences of a batch are padded at their ends only, so that a format without masks
  /// can take their lengths (ONNX).
  bool right_padded = false;
  /// What the model was trained with; written where the format can hold it.
  std::optional<StoredTraining> training = {};
};

/// Reads a file, or a folder whose model file has the usual name (`model.json`). Nothing else is
/// opened, except for the parts that the file names beside itself.
/// @throws FormatError  `[keras] path: part: problem`, for a file that is missing, damaged, of an
///                      unknown kind or not completely understood
/// @throws StateError   for a format that this build does not have; the text says what to install
[[nodiscard]] StoredModel read_model(const std::filesystem::path& path,
                                     const ReadModelOptions& options = {});

/// The name of the format of a file or folder; empty if it is missing or of no known one.
/// @throws FormatError for a zip archive that is damaged
[[nodiscard]] std::string file_format(const std::filesystem::path& path);

/// A model as writers get it.
/// @throws StateError if it is not built
template <Real T>
[[nodiscard]] StoredModel describe(const Layer<T>& model);

/// Writes or replaces a file; after an error the old one is whole.
/// @return what was left out, a line each
/// @throws ArgumentError  for an unknown format, and naming layer and option if the format cannot
///                        hold the model
/// @throws FormatError    if the file cannot be written
/// @throws StateError     as above
std::vector<std::string> write_model(const StoredModel& model,
                                     const std::filesystem::path& path,
                                     const WriteModelOptions& options = {});

template <Real T>
std::vector<std::string> write_model(const Layer<T>& model,
                                     const std::filesystem::path& path,
                                     const WriteModelOptions& options = {}) {
  return write_model(describe(model), path, options);
}

/// Builds the model. Each weight is compared with the file before memory for it is asked for.
/// @param origin  named in errors: the path
/// @throws FormatError naming the first layer, option or weight that does not fit
template <Real T = float>
[[nodiscard]] LoadedModel<T> make_model(const StoredModel& stored,
                                        const std::string& origin,
                                        const LayerTypes<T>& user_types = {});

/// A file as a model that is ready to run: `load_model("model.keras")`.
template <Real T = float>
[[nodiscard]] LoadedModel<T> load_model(const std::filesystem::path& path,
                                        const ReadModelOptions& options = {},
                                        const LayerTypes<T>& user_types = {}) {
  return make_model<T>(read_model(path, options), path.string(), user_types);
}

/// What a partial loading did, by the weights' paths.
struct WeightReport {
  std::vector<std::string> taken = {};
  /// Weights of the source that nobody wanted, or that the target does not have.
  std::vector<std::string> left = {};
  /// Weights of the target that kept their values.
  std::vector<std::string> kept = {};
};

/// Takes over the weights below some layers: `take_weights(loaded.layers(), model, {"encoder"})`.
/// @param layers  paths or their beginnings up to a slash; empty: all that both have
/// @throws ArgumentError  for one that the source does not have
/// @throws ShapeError     if a shape differs; nothing is assigned then
template <Real T>
WeightReport take_weights(const Layer<T>& source,
                          Layer<T>& target,
                          const std::vector<std::string>& layers = {});

/// One line of the table of formats.
struct FormatDescription {
  std::string_view name;   // keras
  std::string_view title;  // Keras 3, .keras
  std::string_view extension;
  bool readable;
  bool writable;
};

[[nodiscard]] std::vector<FormatDescription> known_formats();

}  // namespace rondo
