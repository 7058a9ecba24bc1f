/// The layers of a Keras model in the order in which data goes through them. For the sources of
/// this folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/layers/config.hpp"

namespace rondo::detail {

/// A part of a file that is read, for the text of errors.
struct FilePart {
  std::string_view format;
  const std::filesystem::path& path;
  std::string part = {};

  /// `[keras] model.keras: config.json: problem`
  [[noreturn]] void fail(std::string_view problem) const;
};

/// The text under a key, or nothing.
[[nodiscard]] std::string text_in(const Config& object, const char* key);

/// Whether a config is that of a model: Sequential, Functional, or Keras 2's Model.
[[nodiscard]] bool is_model(const Config& layer);

/// The array of a model's layers, as it is in the config.
[[nodiscard]] const Config& layers_of(const FilePart& file, const Config& model);

/// Indices into `layers_of(model)`, in the order of the data. Of a Functional model only if it is a
/// chain, without the operations that make masks, each of which must be the one that the chain of
/// layers makes itself.
/// @throws FormatError naming the first layer that makes it none
[[nodiscard]] std::vector<std::size_t> chain_of(const FilePart& file, const Config& model);

}  // namespace rondo::detail
