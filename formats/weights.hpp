/// The weights of a model in a safetensors file, under their paths.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "rondo/core/parameter.hpp"
#include "rondo/core/weight_source.hpp"
#include "rondo/formats/safetensors.hpp"

namespace rondo {

/// @throws ArgumentError  if two parameters have one path
/// @throws FormatError    if the file cannot be written; an old one is then whole
template <Real T>
void save_weights(const std::filesystem::path& path,
                  std::span<Parameter<T>* const> parameters,
                  const FileMetadata& metadata = {});

/// `save_weights("model.safetensors", model.weights())`
template <Real T>
void save_weights(const std::filesystem::path& path,
                  const std::vector<Parameter<T>*>& parameters,
                  const FileMetadata& metadata = {}) {
  save_weights(path, std::span<Parameter<T>* const>(parameters), metadata);
}

/// The file must hold exactly these parameters; their order does not matter.
/// @throws FormatError  naming the first name, type or shape that differs; nothing is assigned then
template <Real T>
void load_weights(const std::filesystem::path& path, std::span<Parameter<T>* const> parameters);

template <Real T>
void load_weights(const std::filesystem::path& path, const std::vector<Parameter<T>*>& parameters) {
  load_weights(path, std::span<Parameter<T>* const>(parameters));
}

/// Builds a model with the weights of a file:
/// `model.build_from_declared(stored_weights<float>(file))`. Nothing is initialised, and a weight
/// that the file does not hold is refused before memory for it is asked for, with a FormatError as
/// that of `load_weights`. The file must outlive the source.
template <Real T>
[[nodiscard]] WeightSource<T> stored_weights(SafetensorsFile& file);

/// @throws FormatError naming a tensor of the file that is none of these parameters
template <Real T>
void check_no_other_weights(const SafetensorsFile& file,
                            const std::vector<Parameter<T>*>& parameters);

}  // namespace rondo
