/// Files of Keras: .keras, .weights.h5 and the legacy .h5. For the sources of this folder.
#pragma once

#include "rondo/interop/detail/hdf5_file.hpp"
#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/detail/weight_places.hpp"

namespace rondo::detail {

bool is_keras_zip(const ModelSource& file);
bool is_hdf5(const ModelSource& file);

StoredModel read_keras_zip(const ModelSource& file, const ReadModelOptions& options);

/// A legacy model, or weights alone of either layout.
StoredModel read_keras_hdf5(const ModelSource& file, const ReadModelOptions& options);

/// Weights under the paths of Keras 3, in the order of the places.
/// @throws FormatError naming what is missing, or left over
[[nodiscard]] std::vector<StoredWeight> read_keras_3_weights(
    const FilePart& file, const HdfReader& reader, const std::vector<WeightPlace>& places);

/// Weights of the legacy layout, which go by order.
/// @param base  the group that holds them: `model_weights`, or the root
[[nodiscard]] std::vector<StoredWeight> read_legacy_weights(const FilePart& file,
                                                            const HdfReader& reader,
                                                            const std::string& base,
                                                            const std::vector<WeightPlace>& places);

std::vector<std::string> write_keras_zip(const StoredModel& model,
                                         const std::filesystem::path& path,
                                         const WriteModelOptions& options);
std::vector<std::string> write_keras_weights(const StoredModel& model,
                                             const std::filesystem::path& path,
                                             const WriteModelOptions& options);
std::vector<std::string> write_keras_legacy(const StoredModel& model,
                                            const std::filesystem::path& path,
                                            const WriteModelOptions& options);

}  // namespace rondo::detail
