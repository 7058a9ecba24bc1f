// A trainer's checkpoint: header, a zero byte, values. A run that accepts it goes on to its end.
// With RONDO_CHECKPOINT_SEED=FILE it writes FILE, a whole one, first.
#include "rondo/optim/checkpoint.hpp"

#include <filesystem>
#include <functional>
#include <utility>

#include "rondo/data/windows.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

/// Calls functions where checkpoints are read and written.
struct AtCheckpoint : Callback<float> {
  std::function<void(Trainer<float>&)> on_resume = [](Trainer<float>&) {};
  std::function<void(Trainer<float>&)> on_epoch = [](Trainer<float>&) {};

  void resume(Trainer<float>& trainer) override { on_resume(trainer); }

  void after_epoch(Trainer<float>& trainer) override { on_epoch(trainer); }
};

void train(AtCheckpoint callback, std::size_t epochs) {
  Tensor<float> series({14, 1});
  for (std::size_t i = 0; i < series.size(); ++i) {
    series.data()[i] = std::sin(static_cast<float>(i));
  }
  const WindowDataset<float> data(series, {.window = 3, .horizon = 1});
  Sequential<float> model{
      GRU{{.units = 2, .dropout = 0.2, .recurrent_dropout = 0.1, .stateful = true}},
      Dropout{{.rate = 0.1}},
      Dense{{.units = 1}}};
  Adam<float> adam{{.learning_rate = 0.01}};
  Trainer<float> trainer{model, mean_squared_error<float>, adam};
  trainer.add(
      EarlyStopping<float>({.monitor = "loss", .patience = 9, .restore_best_weights = true}));
  trainer.add(ReduceLROnPlateau<float>({.monitor = "loss", .patience = 9}));
  trainer.add(std::move(callback));
  trainer.fit(data,
              {.epochs = epochs,
               .batch_size = 4,
               .verbose = Verbosity::quiet,
               .shuffle = false,
               .last_batch = LastBatch::drop});
}

void write_seed(const char* path) {
  AtCheckpoint callback;
  callback.on_epoch = [path](Trainer<float>& trainer) { save_checkpoint(path, trainer); };
  train(std::move(callback), 2);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const char* path = std::getenv("RONDO_CHECKPOINT_SEED")) {
    write_seed(path);
    unsetenv("RONDO_CHECKPOINT_SEED");
  }
  const std::string path = fuzz::file_with(fuzz::as_safetensors(fuzz::Input(data, size).all()));
  fuzz::accepted([&] {
    AtCheckpoint callback;
    callback.on_resume = [&path](Trainer<float>& trainer) {
      static_cast<void>(load_checkpoint(path, trainer));
    };
    train(std::move(callback), 3);
  });
  return 0;
}
