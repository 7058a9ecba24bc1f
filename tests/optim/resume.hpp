/// Runs that die in the middle, each in a folder of its own.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/backup_and_restore.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/callbacks/learning_rate_scheduler.hpp"
#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace rondo::test {

namespace fs = std::filesystem;

constexpr int no_kill = -1;

/// What a run leaves: weights, moments and the numbers of all epochs.
struct Result {
  std::vector<double> values;
  std::vector<double> history;
  std::string csv;
};

struct Plan {
  fs::path folder = {};
  std::optional<std::size_t> save_freq = {};
  bool stateful = false;
  bool plateau = true;  // else a schedule from epoch to epoch
  std::size_t epochs = 10;
  int kill_at = no_kill;  // the step, counted over all epochs, in which the program dies
  int signal = SIGKILL;
  std::optional<std::size_t> tbptt_steps = {};
  bool double_checkpoint = false;
  std::FILE* out = nullptr;
};

inline std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// All of a stream that was written to; closes it.
inline std::string text_of(std::FILE* file) {
  std::rewind(file);
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

/// 18 samples in batches of 4, validated; everything that remembers something takes part.
class Training {
 public:
  explicit Training(const Plan& plan)
      : plan_(plan),
        model_(GRU<float>{{.units = 3,
                           .dropout = 0.2,
                           .return_sequences = true,
                           .stateful = plan.stateful || plan.tbptt_steps}},
               Dropout<float>{{.rate = 0.3}},
               Dense<float>{{.units = 1}}) {
    trainer_.add_metric(AbsoluteError<float>());
    trainer_.add(EarlyStopping<float>(
        {.monitor = "val_mae", .patience = 1000000, .restore_best_weights = true}));
    if (plan.plateau) {
      trainer_.add(ReduceLROnPlateau<float>({.monitor = "loss", .factor = 0.5, .patience = 1}));
    } else {
      trainer_.add(
          LearningRateScheduler<float>([](std::size_t, double rate) { return rate * 0.9; }));
    }
    trainer_.add(CSVLogger<float>({.filename = plan.folder / "log.csv"}));
    trainer_.add(BackupAndRestore<float>({.backup_dir = backup(),
                                          .save_freq = plan.save_freq,
                                          .double_checkpoint = plan.double_checkpoint,
                                          .save_on_interrupt = plan.signal != SIGKILL,
                                          .on_interrupt = [this](int signal) { signal_ = signal; },
                                          .out = plan.out != nullptr ? plan.out : quiet_}));
    int step = 0;
    trainer_.add(LambdaCallback<float>({.on_train_batch_begin = [=](auto&, std::size_t) mutable {
      if (step++ == plan.kill_at) {
        ::kill(::getpid(), plan.signal);
      }
    }}));
  }

  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  ~Training() { std::fclose(quiet_); }

  [[nodiscard]] fs::path backup() const { return plan_.folder / "backup"; }

  Result run() {
    const TensorDataset<float> data(random_tensor<float>({18, 4, 2}, 1),
                                    random_tensor<float>({18, 4, 1}, 2));
    const bool whole = plan_.stateful;
    const History history = trainer_.fit(data,
                                         {.epochs = plan_.epochs,
                                          .batch_size = whole ? 6U : 4U,
                                          .verbose = Verbosity::quiet,
                                          .validation_split = whole ? 0.33 : 0.2,
                                          .shuffle = !whole,
                                          .seed = 5,
                                          .tbptt_steps = plan_.tbptt_steps});
    Result result;
    const auto weights = weights_of(model_);
    result.values.assign(weights.begin(), weights.end());
    for (const auto& state : optimizer_.state()) {
      result.values.insert(result.values.end(), state.values.begin(), state.values.end());
    }
    for (const std::string& name : history.names()) {
      const auto& column = history.values(name);
      result.history.insert(result.history.end(), column.begin(), column.end());
    }
    result.csv = content(plan_.folder / "log.csv");
    return result;
  }

  Sequential<float>& model() { return model_; }

  Adam<float>& optimizer() { return optimizer_; }

  Trainer<float>& trainer() { return trainer_; }

  /// The one that interrupted the run; 0: none.
  [[nodiscard]] int signal() const { return signal_; }

 private:
  Plan plan_;
  int signal_ = 0;
  std::FILE* quiet_ = std::fopen("/dev/null", "w");
  Sequential<float> model_;
  Adam<float> optimizer_{{.learning_rate = 0.05}};
  Trainer<float> trainer_{model_, mean_squared_error<float>, optimizer_};
};

/// Runs in a program of its own. @return the status of waitpid
inline int in_child(const Plan& plan) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      Training(plan).run();
    } catch (const std::exception&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

inline void check_equal(const Result& found, const Result& expected) {
  BOOST_TEST(found.values == expected.values, boost::test_tools::per_element());
  BOOST_TEST(found.history == expected.history, boost::test_tools::per_element());
  BOOST_TEST(found.csv == expected.csv);
}

}  // namespace rondo::test
