// A model of Keras: its config, a .keras file or an HDF5 file, as the first byte says. Bytes of
// HDF5 are not changed at random: the library itself does not survive that (interop/README.md).
#include <filesystem>

#include "rondo/interop/detail/keras_config.hpp"
#include "rondo/interop/detail/weight_places.hpp"
#include "rondo/interop/model_file.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

void read_config(std::string_view text) {
  const Config config = parse_json(text);
  if (config.is_discarded() || !fuzz::is_small(config, 1000.0)) {
    return;
  }
  const std::filesystem::path path = "fuzz.keras";
  const detail::FilePart file{"keras", path};
  for (const char* const version : {"3.15.1", "2.13.0", "tfjs-layers 4.22.0", ""}) {
    fuzz::accepted([&] {
      const auto ours =
          detail::to_rondo_config(file, config, detail::keras_version_of(version, config), true);
      static_cast<void>(detail::weight_places(file, config));
      const auto layers = make_layer<float>(ours);
      fuzz::require(make_layer<float>(layers->config())->config() == layers->config(),
                    "another model comes back");
    });
  }
}

void read_file(std::string_view bytes) {
  fuzz::accepted([&] {
    const std::string path = fuzz::file_with(bytes);
    LoadedModel<float> model = load_model<float>(path);
    const StoredModel again = describe(model.layers());
    fuzz::require(!again.weights.empty() || model.layers().weights().empty(), "weights are lost");
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  constexpr bool is_replay = false;
#else
  constexpr bool is_replay = true;
#endif
  const bool is_zip = input.rest().starts_with("PK");
  if (input.first() % 2 == 0) {
    read_config(input.rest());
  } else if (is_zip || is_replay) {
    read_file(input.rest());
  }
  return 0;
}
