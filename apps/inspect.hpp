/// `rondo inspect`: what a safetensors file holds.
#pragma once

#include <string>

namespace rondo::apps {

/// A table of the tensors and the metadata; for a model also its layers, the scaler or vocabulary
/// and the run, for a checkpoint its layers and the position of the run.
/// @throws FormatError if anything in the file is damaged; nothing is printed then
void inspect(const std::string& path);

}  // namespace rondo::apps
