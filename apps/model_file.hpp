/// The file that a trained model is kept in: weights under their paths, and in the metadata all
/// that is needed to use them.
///
///   format       rondo model 1
///   model        the layers' config, with the shape of their inputs
///   scaler       of a series, or
///   vocabulary   of a text
///   run          the description of the training run
#pragma once

#include <memory>
#include <string>

#include "rondo/apps/run_description.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo::apps {

constexpr const char* model_format = "rondo model 1";

struct ModelFile {
  std::string path;
  RunDescription run;
  /// JSON of the scaler or the vocabulary, as the kind demands.
  std::string preparation;
  /// Built, with the weights of the file.
  std::unique_ptr<Layer<float>> layers;
};

/// Writes or replaces the file; after an error the old one is whole.
/// @throws FormatError if it cannot be written
void save_model(const std::string& path,
                const Layer<float>& layers,
                const RunDescription& run,
                const std::string& preparation);

/// @throws FormatError if the file is damaged, of an earlier format or no model
[[nodiscard]] ModelFile load_model(const std::string& path);

/// The same for a command that was given the data of one kind.
/// @throws ArgumentError if the model is one of the other kind
[[nodiscard]] ModelFile load_model(const std::string& path, DataKind given);

/// @throws FormatError `[model] path: problem`
[[noreturn]] void refuse_model(const std::string& path, const std::string& problem);

/// What `use` makes of a part of a file; its errors name the file.
/// @throws FormatError for each of the library's errors
template <class Use>
auto in_model_file(const std::string& path, Use use) {
  try {
    return use();
  } catch (const Error& error) {
    refuse_model(path, error.what());
  }
}

/// The layers of a config whose inputs are declared, built with the weights of the file.
/// @throws FormatError if the text is no JSON, not that of a layer, or the file lacks a weight
[[nodiscard]] std::unique_ptr<Layer<float>> build_layers(const std::string& config,
                                                         SafetensorsFile& file);

}  // namespace rondo::apps
