// An ONNX file; what is read predicts.
#include "rondo/interop/model_file.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepted([&] {
    auto model = load_model(fuzz::file_with(fuzz::Input(data, size).all()));
    const Shape inputs = model.about().input.axes.empty() ? Shape{2, 3, 1} : Shape{3, 2, 1};
    fuzz::accepted([&] { static_cast<void>(model.predict(Tensor<float>::zeros(inputs))); });
  });
  return 0;
}
