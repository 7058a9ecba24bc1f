// Backups that cannot be written or read, or belong to something else.
#include <algorithm>

#include "rondo/core/machine.hpp"
#include "rondo/optim/checkpoint.hpp"
#include "rondo/tests/optim/resume.hpp"
#include "rondo/tests/support/file_size_limit.hpp"

namespace resume_files_test {

using namespace rondo;
using namespace rondo::test;

BOOST_AUTO_TEST_SUITE(optim_resume_files)

BOOST_AUTO_TEST_CASE(a_full_disk_is_named_and_leaves_the_last_backup_whole) {
  const test::TempFolder folder;
  const Plan plan{.folder = folder.path(), .save_freq = 1, .kill_at = 6};
  in_child(plan);
  const fs::path file = folder / "backup/training.safetensors";
  const std::string before = content(file);
  BOOST_REQUIRE(!before.empty());
  {
    const FileSizeLimit limit(1000);
    RONDO_CHECK_THROWS(Training({.folder = folder.path(), .save_freq = 1}).run(),
                       FormatError,
                       "[safetensors] " + file.string() + ": cannot be written: File too large");
  }
  BOOST_TEST((content(file) == before));
  BOOST_TEST(std::distance(fs::directory_iterator(folder / "backup"), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_damaged_backup_is_refused_or_replaced_by_the_one_before) {
  const test::TempFolder one;
  const test::TempFolder other;
  const Result expected = Training({.folder = one.path()}).run();
  Plan plan{.folder = other.path(), .save_freq = 1, .kill_at = 9, .double_checkpoint = true};
  in_child(plan);
  const fs::path file = other / "backup/training.safetensors";
  BOOST_REQUIRE(fs::exists(other / "backup/previous.safetensors"));
  fs::resize_file(file, 500);
  plan.kill_at = no_kill;
  plan.double_checkpoint = false;
  BOOST_CHECK_THROW(Training(plan).run(), FormatError);
  plan.double_checkpoint = true;
  check_equal(Training(plan).run(), expected);
}

BOOST_AUTO_TEST_CASE(another_run_is_refused_by_name) {
  const test::TempFolder folder;
  in_child({.folder = folder.path(), .save_freq = 1, .kill_at = 9});
  const std::string file = (folder / "backup/training.safetensors").string();
  RONDO_CHECK_THROWS(Training({.folder = folder.path(), .tbptt_steps = 2}).run(),
                     FormatError,
                     "[checkpoint] " + file +
                         ": holds another model: /config/layers/0/config/stateful is false there, "
                         "true here");
  RONDO_CHECK_THROWS(Training({.folder = folder.path(), .plateau = false}).run(),
                     FormatError,
                     "[checkpoint] " + file +
                         ": holds 'run/callback/reduce_lr_on_plateau/wait', which this run does "
                         "not have");
  Training more({.folder = folder.path()});
  more.trainer().add(EarlyStopping<float>({.monitor = "loss", .patience = 9}));
  RONDO_CHECK_THROWS(more.run(),
                     FormatError,
                     "[checkpoint] " + file +
                         ": holds no 'run/callback/early_stopping_1/best', which this run has");
}

BOOST_AUTO_TEST_CASE(another_batch_size_is_refused) {
  const test::TempFolder folder;
  const auto data = test::line<float>(10);
  const auto fit = [&](std::size_t batch_size, bool killed) {
    Dense<float> model{{.units = 1}};
    Adam<float> optimizer;
    Trainer trainer{model, mean_squared_error<float>, optimizer};
    trainer.add(BackupAndRestore<float>({.backup_dir = folder.path() / "b"}));
    trainer.add(LambdaCallback<float>({.on_epoch_begin = [=](auto&, std::size_t epoch) {
      if (killed && epoch == 1) {
        throw std::runtime_error("killed");
      }
    }}));
    trainer.fit(data, {.epochs = 2, .batch_size = batch_size, .verbose = Verbosity::quiet});
  };
  BOOST_CHECK_THROW(fit(5, true), std::runtime_error);
  RONDO_CHECK_THROWS(fit(2, false),
                     FormatError,
                     "[checkpoint] " + (folder / "b/training.safetensors").string() +
                         ": holds another run: batch_size is 5 there, 2 here");
}

BOOST_AUTO_TEST_CASE(another_machine_is_told_in_a_line) {
  const test::TempFolder folder;
  in_child({.folder = folder.path(), .save_freq = 1, .kill_at = 9});
  const fs::path path = folder / "backup/training.safetensors";
  std::string bytes = content(path);
  const std::string here = machine_name();
  const std::size_t at = bytes.find(here);
  BOOST_REQUIRE(at != bytes.npos);
  bytes.replace(at, here.size(), std::string(here.size(), 'x'));
  std::ofstream(path, std::ios::binary) << bytes;
  std::FILE* const out = std::tmpfile();
  Training({.folder = folder.path(), .out = out}).run();
  const std::string text = text_of(out);
  BOOST_TEST(text == "Going on from " + path.string() + ": epoch 3, batch 1\nIt was made with " +
                         std::string(here.size(), 'x') + ", here is " + here +
                         ": last digits may differ\n");
}

BOOST_AUTO_TEST_CASE(a_file_in_the_way_of_the_folder_is_named) {
  const test::TempFolder folder;
  std::ofstream(folder / "backup") << "file";
  RONDO_CHECK_THROWS(Training({.folder = folder.path()}).run(),
                     FormatError,
                     "[BackupAndRestore] " + (folder / "backup").string() + ": Not a directory");
}

BOOST_AUTO_TEST_CASE(a_finished_run_leaves_no_backup) {
  const test::TempFolder folder;
  Training({.folder = folder.path(), .double_checkpoint = true}).run();
  BOOST_TEST(!fs::exists(folder / "backup"));
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused) {
  RONDO_CHECK_THROWS(
      BackupAndRestore<float>({}), ArgumentError, "[BackupAndRestore] backup_dir is empty");
  RONDO_CHECK_THROWS(BackupAndRestore<float>({.backup_dir = "b", .save_freq = 0}),
                     ArgumentError,
                     "[BackupAndRestore] save_freq must be positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace resume_files_test
