// A .npz file.
#include "rondo/formats/npy.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t most_bytes = std::size_t{1} << 24U;
  fuzz::accepted([&] {
    for (const auto& [name, array] :
         read_npz(fuzz::file_with(fuzz::Input(data, size).all()), most_bytes)) {
      fuzz::accepted([&, &array = array] { static_cast<void>(array.as<float>()); });
    }
  });
  return 0;
}
