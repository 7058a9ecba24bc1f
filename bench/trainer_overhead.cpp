// What Trainer, with progress bar, history and CSV file, adds to a step of training: the same steps
// in `fit` and in a loop by hand, in turn; medians. An epoch of `fit` is timed, so that the start
// and end of training, which open and close the file, are not spread over its batches.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

#include <fmt/core.h>

#include "rondo/rondo.hpp"

using namespace rondo;

namespace {

constexpr std::size_t batches = 5000;
constexpr int rounds = 15;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

/// One weight, one sample in a batch: as little work as there can be.
struct Work {
  TensorDataset<float> data{Tensor<float>::full({batches, 1}, 1.0F),
                            Tensor<float>::full({batches, 1}, 1.0F)};
  Dense<float> model{{.units = 1, .use_bias = false}};
  SGD<float> optimizer;
};

double by_hand(Work& work) {
  BatchLoader<float> loader(work.data, {.batch_size = 1});
  Tape<float> tape;
  const double begin = seconds();
  while (const auto batch = loader.next()) {
    tape.reset();
    work.optimizer.zero_grad();
    const auto predictions = work.model(tape.borrow(batch->inputs), {.training = true});
    tape.backward(total_loss(mean_squared_error(predictions, batch->targets)));
    work.optimizer.step();
  }
  return seconds() - begin;
}

/// Added last, it sees the end of an epoch after the others: the row of the CSV file counts.
class EpochClock : public Callback<float> {
 public:
  explicit EpochClock(double& elapsed) : elapsed_(&elapsed) {}

  void on_epoch_begin(Trainer<float>&, std::size_t) override { begin_ = seconds(); }

  void on_epoch_end(Trainer<float>&, std::size_t, Logs&) override {
    *elapsed_ = seconds() - begin_;
  }

 private:
  double* elapsed_;
  double begin_ = 0.0;
};

double in_trainer(Work& work, std::FILE* terminal, const std::filesystem::path& csv) {
  Trainer trainer{work.model, mean_squared_error<float>, work.optimizer};
  trainer.add(ProgressBar<float>({.out = terminal, .terminal = true}));
  trainer.add(CSVLogger<float>({.filename = csv}));
  double elapsed = 0.0;
  trainer.add(EpochClock(elapsed));
  trainer.fit(work.data, {.batch_size = 1, .shuffle = false});
  return elapsed;
}

}  // namespace

int main() {
  Work work;
  work.model.build({1});
  work.optimizer.build(work.model.weights());
  const auto csv = std::filesystem::temp_directory_path() / "rondo_trainer_overhead.csv";
  std::FILE* const terminal = std::tmpfile();
  std::vector<double> hand;
  std::vector<double> trained;
  for (int i = 0; i < rounds; ++i) {
    hand.push_back(1e6 * by_hand(work) / static_cast<double>(batches));
    trained.push_back(1e6 * in_trainer(work, terminal, csv) / static_cast<double>(batches));
  }
  std::fclose(terminal);
  std::filesystem::remove(csv);
  fmt::print("{} batches, median of {} rounds, microseconds per batch\n", batches, rounds);
  fmt::print("loop by hand {:.3f}\ntrainer      {:.3f}\nadded        {:.3f}\n",
             median(hand),
             median(trained),
             median(trained) - median(hand));
  return 0;
}
