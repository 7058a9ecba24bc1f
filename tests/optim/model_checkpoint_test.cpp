#include "rondo/optim/callbacks/model_checkpoint.hpp"

#include <algorithm>
#include <cmath>

#include "rondo/formats/weights.hpp"
#include "rondo/optim/checkpoint.hpp"
#include "rondo/tests/optim/callback_run.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace model_checkpoint_test {

using namespace rondo;
using boost::test_tools::per_element;
using Run = test::CallbackRun;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> files(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_model_checkpoint)

BOOST_AUTO_TEST_CASE(the_path_names_epoch_and_values) {
  const test::TempFolder folder;
  Run run;
  run.trainer.add(ModelCheckpoint<float>(
      {.path = (folder / "w-{epoch:02d}-{batch}-{loss:.0f}").string(), .save_weights_only = true}));
  run.optimizer.set_learning_rate(0.0);
  const double loss = run.fit({.epochs = 2, .batch_size = 3}).last("loss");
  const std::string value = std::to_string(std::lround(loss));
  const std::vector<std::string> expected{"w-01-2-" + value, "w-02-2-" + value};
  BOOST_TEST(files(folder.path()) == expected, per_element());
  load_weights(folder / expected[0], run.model.weights());
}

BOOST_AUTO_TEST_CASE(a_model_is_saved_with_its_optimizer) {
  const test::TempFolder folder;
  Run run;
  run.trainer.add(ModelCheckpoint<float>({.path = (folder / "model").string()}));
  run.fit({.epochs = 2, .batch_size = 3});
  Run other;
  load_checkpoint(folder / "model", other.model, other.optimizer);
  BOOST_TEST(other.optimizer.iterations() == 4U);
  BOOST_TEST(test::weights_of(other.model) == test::weights_of(run.model), per_element());
}

// Six batches: saved after 4 of the first two epochs.
BOOST_AUTO_TEST_CASE(batches_are_counted_across_epochs) {
  const test::TempFolder folder;
  Run run;
  run.trainer.add(
      ModelCheckpoint<float>({.path = (folder / "{epoch}-{batch}").string(), .save_freq = 4}));
  run.fit({.epochs = 3, .batch_size = 2});
  const std::vector<std::string> expected{"2-1", "3-2"};
  BOOST_TEST(files(folder.path()) == expected, per_element());
}

// 3 is the first, 2 is better, 2.5 is not; a threshold of 2.2 leaves 2 alone.
BOOST_AUTO_TEST_CASE(the_best_are_saved) {
  for (const bool threshold : {false, true}) {
    const test::TempFolder folder;
    Run run;
    run.fit({});
    ModelCheckpointOptions options{.path = (folder / "{val_loss}").string(),
                                   .save_best_only = true};
    if (threshold) {
      options.initial_value_threshold = 2.2;
    }
    ModelCheckpoint<float> callback(options);
    callback.on_train_begin(run.trainer);
    for (const double value : {3.0, 2.0, 2.5}) {
      Logs logs;
      logs.set("val_loss", value);
      callback.on_epoch_end(run.trainer, 0, logs);
    }
    const std::vector<std::string> expected =
        threshold ? std::vector<std::string>{"2"} : std::vector<std::string>{"2", "3"};
    BOOST_TEST(files(folder.path()) == expected, per_element());
  }
}

BOOST_AUTO_TEST_CASE(epochs_without_validation_are_no_best_ones) {
  const test::TempFolder folder;
  Run run;
  run.trainer.add(
      ModelCheckpoint<float>({.path = (folder / "{epoch}").string(), .save_best_only = true}));
  run.optimizer.set_learning_rate(1e-3);
  run.fit({.epochs = 3, .validation_data = &run.data, .validation_freq = 2});
  const std::vector<std::string> expected{"2"};
  BOOST_TEST(files(folder.path()) == expected, per_element());
}

BOOST_AUTO_TEST_CASE(names_that_are_unknown_are_answered_with_the_known_ones) {
  const test::TempFolder folder;
  Run run;
  const std::string path = (folder / "{acc}").string();
  run.trainer.add(ModelCheckpoint<float>({.path = path}));
  RONDO_CHECK_THROWS(run.fit({}),
                     ArgumentError,
                     "[ModelCheckpoint] the path '" + path +
                         "' cannot be filled: argument not found; known: epoch, batch, loss");
  Run other;
  other.trainer.add(ModelCheckpoint<float>({.path = "w", .save_best_only = true}));
  RONDO_CHECK_THROWS(
      other.fit({}), ArgumentError, "[ModelCheckpoint] unknown value 'val_loss', known are loss");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_named) {
  Run run;
  run.trainer.add(ModelCheckpoint<float>({.path = "/dev/full"}));
  RONDO_CHECK_THROWS(run.fit({}),
                     FormatError,
                     "[safetensors] /dev/full: cannot be written: No space left on device");
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused) {
  RONDO_CHECK_THROWS(ModelCheckpoint<float>({}), ArgumentError, "[ModelCheckpoint] path is empty");
  RONDO_CHECK_THROWS(ModelCheckpoint<float>({.path = "w", .save_freq = 0}),
                     ArgumentError,
                     "[ModelCheckpoint] save_freq must be positive, got 0");
  RONDO_CHECK_THROWS(ModelCheckpoint<float>({.path = "w", .initial_value_threshold = 1.0}),
                     ArgumentError,
                     "[ModelCheckpoint] initial_value_threshold needs save_best_only");
}

BOOST_AUTO_TEST_CASE(nan_is_never_the_best) {
  const test::TempFolder folder;
  Run run;
  run.fit({});
  ModelCheckpoint<float> callback(
      {.path = (folder / "{val_loss}").string(), .save_best_only = true});
  callback.on_train_begin(run.trainer);
  for (const double value : {std::nan(""), 3.0, 2.0, std::nan(""), 2.5}) {
    Logs logs;
    logs.set("val_loss", value);
    callback.on_epoch_end(run.trainer, 0, logs);
  }
  const std::vector<std::string> expected{"2", "3"};
  BOOST_TEST(files(folder.path()) == expected, per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace model_checkpoint_test
