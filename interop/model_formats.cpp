// The table of formats, and what their sources share.
#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/interop/detail/c_source.hpp"
#include "rondo/interop/detail/keras_file.hpp"
#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/detail/onnx_file.hpp"
#include "rondo/interop/detail/rondo_file.hpp"
#include "rondo/interop/detail/tfjs_file.hpp"
#include "rondo/interop/detail/torch_file.hpp"

namespace rondo::detail {

std::span<const ModelFormat> model_formats() {
  static constexpr std::array formats{
      ModelFormat{{"rondo", "rondo's own models and checkpoints", ".safetensors", true, true},
                  is_rondo_file,
                  read_rondo_file,
                  write_rondo_file},
      ModelFormat{{"pt", "PyTorch's state_dict, torch.save", ".pt", true, true},
                  is_torch_file,
                  read_torch_file,
                  write_torch_file},
      ModelFormat{{"safetensors", "PyTorch's state_dict, safetensors", ".safetensors", true, true},
                  is_torch_safetensors,
                  read_torch_safetensors,
                  write_torch_safetensors},
      ModelFormat{
          {"onnx", "ONNX", ".onnx", true, true}, is_onnx_file, read_onnx_file, write_onnx_file},
      ModelFormat{{"c", "C99 source of one step, for embedding", ".c", false, true},
                  [](const ModelSource&) { return false; },
                  nullptr,
                  write_c_source},
      ModelFormat{{"keras", "Keras 3 and 2, .keras", ".keras", true, true},
                  is_keras_zip,
                  read_keras_zip,
                  write_keras_zip},
      ModelFormat{{"keras_weights_h5", "Keras 3, weights alone", ".weights.h5", true, true},
                  [](const ModelSource&) { return false; },  // keras_h5 reads both
                  nullptr,
                  write_keras_weights},
      ModelFormat{{"keras_h5", "Keras 1 to 3, legacy .h5", ".h5", true, true},
                  is_hdf5,
                  read_keras_hdf5,
                  write_keras_legacy},
      ModelFormat{{"tfjs", "TensorFlow.js layers model, model.json", ".json", true, true},
                  is_tfjs,
                  read_tfjs,
                  write_tfjs},
  };
  return formats;
}

void refuse_file(std::string_view format,
                 const std::filesystem::path& path,
                 std::string_view problem) {
  throw_format_error(format, fmt::format("{}: {}", path.string(), problem));
}

void refuse_missing(std::string_view format,
                    const std::filesystem::path& path,
                    std::string_view packages) {
  throw_state_error(format,
                    fmt::format("{}: this build does not have the format: install {} and build "
                                "rondo again",
                                path.string(),
                                packages));
}

}  // namespace rondo::detail
