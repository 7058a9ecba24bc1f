// A .pt file; odd first byte: the pickle in one.
#include "rondo/interop/detail/pickle.hpp"
#include "rondo/interop/model_file.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  fuzz::accepted([&] {
    if (input.first() % 2 == 1) {
      const auto pickle =
          detail::read_pickle("fuzz", std::as_bytes(std::span<const char>(input.rest())));
      fuzz::require(pickle.root < pickle.values.size(), "a pickle without a root");
      return;
    }
    for (const StoredWeight& weight : read_model(fuzz::file_with(input.rest())).weights) {
      fuzz::require(weight.bytes.size() == weight.shape.size() * size_of(weight.type),
                    "a tensor has other bytes than its shape needs");
    }
  });
  return 0;
}
