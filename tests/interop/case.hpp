/// A case: a folder with a file of another system and an expected.json that says what must come of
/// it.
///
///   format        keras, keras_h5, keras_weights_h5, tfjs, pt, safetensors, onnx
///   file          the model; architecture: beside weights alone, the file with the model's JSON
///   expect        load | refuse | either
///   refusal       mention: of each inner list one word stands in the error
///   calls         inputs and outputs, arrays {shape, dtype, values}; reset_states_before
///   tolerance     relative to max(1, largest magnitude expected); 2e-6 if absent
///   modules       PyTorch: the modules called in turn; prefix: where the state_dict lies
#pragma once

#include <filesystem>
#include <string>
#include <utility>

namespace rondo::interop {

/// Whether the case passed, and what is to be said of it.
std::pair<bool, std::string> run_case(const std::filesystem::path& folder);

/// Writes the case's model in every format that can hold it, each into a folder of its own with the
/// same calls: cases for the programs verify_*, which read them with the real systems.
/// @return the formats, and why others are left out, in one line
std::string write_case(const std::filesystem::path& folder, const std::filesystem::path& out);

}  // namespace rondo::interop
