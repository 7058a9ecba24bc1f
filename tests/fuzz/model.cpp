// The program's model file. Odd first byte: config, preparation and run, between bytes 1, in a file
// whose weights fit; even: header, a zero byte, values.
#include "rondo/apps/character_model.hpp"
#include "rondo/apps/model_file.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/from_config.hpp"
#include "rondo/tests/fuzz/common.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;
using namespace rondo::apps;

namespace {

void use_forecaster(ModelFile file) {
  const apps::SeriesModel model(std::move(file));
  std::vector<double> series(40);
  for (std::size_t i = 0; i < series.size(); ++i) {
    series[i] = static_cast<double>(i % 7);
  }
  fuzz::accepted([&] { static_cast<void>(model.predict_beyond(series)); });
  fuzz::accepted([&] { static_cast<void>(model.predict(series)); });
}

void use_character_model(ModelFile file) {
  const CharacterModel model(std::move(file));
  fuzz::accepted([&] { model.sample({.begin = "ab", .length = 5}, [](std::string_view) {}); });
  fuzz::accepted(
      [&] { static_cast<void>(model.evaluate("abcabcabcabcabcabcabcabcabcabcabcabcabcabc")); });
}

void use(const std::string& path) {
  fuzz::accepted([&] {
    ModelFile file = load_model(path);
    if (file.run.kind() == DataKind::series) {
      use_forecaster(std::move(file));
    } else {
      use_character_model(std::move(file));
    }
  });
}

void use_parts(std::string_view parts) {
  const std::size_t first = parts.find('\1');
  const std::size_t second = first == parts.npos ? first : parts.find('\1', first + 1);
  if (second == parts.npos) {
    return;
  }
  const std::string config(parts.substr(0, first));
  const std::string preparation(parts.substr(first + 1, second - first - 1));
  const Json parsed = parse_json(config);
  if (parsed.is_discarded() || !fuzz::is_small(parsed, 64.0) || config.size() > 6000) {
    return;  // here the weights are made before there is a file that they are compared with
  }
  static const test::TempFolder folder;
  const std::string path = folder / "model.safetensors";
  const bool written = fuzz::accepted([&] {
    const auto layers = make_layer<float>(parsed);
    layers->build_from_declared();
    save_weights<float>(path,
                        layers->weights(),
                        {{"format", model_format},
                         {"model", config},
                         {"run", std::string(parts.substr(second + 1))},
                         {"scaler", preparation},
                         {"vocabulary", preparation}});
  });
  if (written) {
    use(path);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  if (input.first() % 2 == 1) {
    use_parts(input.rest());
  } else {
    use(fuzz::file_with(fuzz::as_safetensors(input.rest())));
  }
  return 0;
}
