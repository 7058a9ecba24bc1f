// Backups whose parts do not fit one another, or this run.
#include <algorithm>
#include <deque>

#include "rondo/optim/checkpoint.hpp"
#include "rondo/tests/optim/resume.hpp"

namespace resume_state_test {

using namespace rondo;
using namespace rondo::test;
using boost::test_tools::per_element;

namespace {

/// A backup to be written again with changes, all names without `run/`.
class Backup {
 public:
  explicit Backup(const fs::path& path) : path_(path) {
    SafetensorsFile file = SafetensorsFile::open(path);
    metadata_ = file.metadata();
    for (const StoredTensor& tensor : file.tensors()) {
      switch (tensor.type) {
        case StoredType::float32:
          keep<float>(file, tensor);
          break;
        case StoredType::float64:
          keep<double>(file, tensor);
          break;
        case StoredType::uint64:
          keep<std::uint64_t>(file, tensor);
          break;
        default:
          break;  // none of them is
      }
    }
  }

  template <class T>
  void set(const std::string& name, const Shape& shape, const std::vector<T>& values) {
    remove(name);
    auto& copy = bytes_.emplace_back(values.size() * sizeof(T));
    std::memcpy(copy.data(), values.data(), copy.size());
    tensors_.emplace_back("run/" + name, view<T>(copy, shape));
  }

  void set(const std::string& name, std::uint64_t count) { set<std::uint64_t>(name, {}, {count}); }

  void set_numbers(const std::string& name, const std::vector<double>& numbers) {
    set<double>(name, {numbers.size()}, numbers);
  }

  void set_text(const std::string& name, const std::string& text) {
    metadata_["run/" + name] = text;
  }

  void remove(const std::string& name) {
    std::erase_if(tensors_,
                  [&](const NamedTensor& tensor) { return tensor.name == "run/" + name; });
  }

  void write() const { write_safetensors(path_, tensors_, metadata_); }

 private:
  template <class T>
  static TensorView<T> view(std::vector<std::byte>& bytes, const Shape& shape) {
    return {reinterpret_cast<T*>(bytes.data()), shape};
  }

  template <class T>
  void keep(SafetensorsFile& file, const StoredTensor& tensor) {
    auto& copy = bytes_.emplace_back(tensor.shape.size() * sizeof(T));
    file.read(tensor.name, view<T>(copy, tensor.shape));
    tensors_.emplace_back(tensor.name, view<T>(copy, tensor.shape));
  }

  fs::path path_;
  FileMetadata metadata_;
  std::deque<std::vector<std::byte>> bytes_;
  std::vector<NamedTensor> tensors_;
};

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
constexpr const char* stopping = "callback/early_stopping/";

/// A run that was killed in its third epoch, after one of four batches.
struct Fixture {
  TempFolder folder;
  Plan plan{.folder = folder.path(), .save_freq = 1, .kill_at = 9};
  fs::path file = folder / "backup/training.safetensors";
  fs::path whole = folder / "whole";

  Fixture() {
    in_child(plan);
    fs::copy_file(file, whole);
    plan.kill_at = no_kill;
  }

  template <class Change>
  void rewrite(Change change) const {
    fs::copy_file(whole, file, fs::copy_options::overwrite_existing);
    Backup backup(file);
    change(backup);
    backup.write();
  }

  /// Going on is refused, and what the run has written so far stays.
  template <class Change>
  void check_refused(Change change, const std::string& problem) const {
    rewrite(change);
    const std::string log = content(folder / "log.csv");
    RONDO_CHECK_THROWS(
        Training(plan).run(), FormatError, "[checkpoint] " + file.string() + ": 'run/" + problem);
    BOOST_TEST(content(folder / "log.csv") == log);
  }
};

/// Tries to go on and then begins anew.
class Tries : public Callback<float> {
 public:
  explicit Tries(fs::path file) : file_(std::move(file)) {}

  void resume(Trainer<float>& trainer) override {
    BOOST_CHECK_THROW(static_cast<void>(load_checkpoint(file_, trainer)), FormatError);
    BOOST_TEST(trainer.history().epochs().empty());
    BOOST_TEST(trainer.progress().epoch == 0U);
    BOOST_TEST(trainer.progress().batch == 0U);
  }

 private:
  fs::path file_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_resume_state)

BOOST_AUTO_TEST_CASE(best_weights_are_those_of_the_model) {
  const Fixture f;
  const std::string name = std::string(stopping) + "best_weights";
  f.check_refused(
      [&](Backup& backup) {
        backup.set(name, 65);
        for (int i = 5; i < 65; ++i) {
          backup.set<float>(name + '/' + std::to_string(i), {2}, {0, 0});
        }
      },
      name + "' has 65 tensors there, 5 here");
  f.check_refused(
      [&](Backup& backup) {
        backup.set(name, 1);
        for (int i = 1; i < 5; ++i) {
          backup.remove(name + '/' + std::to_string(i));
        }
      },
      name + "' has 1 tensors there, 5 here");
  f.check_refused(
      [&](Backup& backup) { backup.set<float>(name + "/0", {7}, std::vector<float>(7)); },
      name + "/0' has shape (7) there, (2, 9) here");
  f.rewrite([&](Backup& backup) { backup.set(name, huge); });
  RONDO_CHECK_THROWS(
      Training(f.plan).run(),
      FormatError,
      "[checkpoint] " + f.file.string() + ": holds no 'run/" + name + "/5', which this run has");
}

BOOST_AUTO_TEST_CASE(a_run_stands_where_its_history_ends) {
  const Fixture f;
  f.check_refused([](Backup& backup) { backup.set("epoch", huge); },
                  "epoch' is 18446744073709551615 behind a history of 2");
  f.check_refused([](Backup& backup) { backup.set("epoch", 1); },
                  "epoch' is 1 behind a history of 2");
  f.check_refused([](Backup& backup) { backup.set("batch", huge); },
                  "batch' is 18446744073709551615, at most 4 can be");
  f.check_refused([](Backup& backup) { backup.set("loader/batch", huge); },
                  "loader/batch' is 18446744073709551615, at most 4 can be");
  f.check_refused([](Backup& backup) { backup.set("loader/epoch", huge); },
                  "loader/epoch' is 18446744073709551615, which does not fit 9 batches");
  f.check_refused([](Backup& backup) { backup.set("loader/epoch", 1); },
                  "loader/epoch' is 1, which does not fit 9 batches");
  f.check_refused([](Backup& backup) { backup.set("stopped", 2); },
                  "stopped' is 2, at most 1 can be");
}

BOOST_AUTO_TEST_CASE(a_history_counts_epochs) {
  const Fixture f;
  const auto epochs = [](std::vector<double> values) {
    return [=](Backup& backup) { backup.set_numbers("history/epoch", values); };
  };
  const std::string problem = "history/epoch' must be whole numbers one after another, found ";
  f.check_refused(epochs({-1e300, -1e300}), problem + "-1e+300");
  f.check_refused(epochs({0, 0.5}), problem + "0.5");
  f.check_refused(epochs({0, 0}), problem + "0");
  f.check_refused(epochs({1e16, 1e16 + 2}), problem + "1e+16");
  f.check_refused(epochs({0, NAN}), problem + "nan");
  f.check_refused(epochs({0}), "history/value/loss' has 2 values for 1 epochs");
  f.check_refused(epochs({5, 6}), "epoch' is 2 behind a history of 2");
  f.check_refused(
      [](Backup& backup) {
        backup.set<double>("history/epoch", {1, 2}, {0, 1});
      },
      "history/epoch' has shape (1, 2), a list is needed");
  f.check_refused([](Backup& backup) { backup.set_text("history/names", "loss\nloss\n"); },
                  "history/names' has 'loss' where a new name is needed");
}

BOOST_AUTO_TEST_CASE(counts_of_callbacks_are_those_of_the_run) {
  const Fixture f;
  f.check_refused([](Backup& backup) { backup.set(std::string(stopping) + "wait", huge); },
                  std::string(stopping) + "wait' is 18446744073709551615, at most 2 can be");
  f.check_refused(
      [](Backup& backup) {
        backup.set_numbers(std::string(stopping) + "best", {1, 2});
      },
      std::string(stopping) + "best' has 2 values, at most 1 can be");
  f.check_refused([](Backup& backup) { backup.set("callback/reduce_lr_on_plateau/cooldown", 1); },
                  "callback/reduce_lr_on_plateau/cooldown' is 1, at most 0 can be");
  f.check_refused([](Backup& backup) { backup.set("callback/backup_and_restore/batches", 10); },
                  "callback/backup_and_restore/batches' is 10, at most 9 can be");
  f.check_refused([](Backup& backup) { backup.set_numbers("loss/weight", {NAN}); },
                  "loss/weight' is nan, a number of samples is needed");
  f.check_refused([](Backup& backup) { backup.set_numbers("loss/weight", {}); },
                  "loss/weight' has no value");
}

// Its lines are in the history; a size that cannot be is that of a file that was cut.
BOOST_AUTO_TEST_CASE(a_log_that_was_removed_is_whole_again) {
  const TempFolder fresh;
  const std::string expected = Training({.folder = fresh.path()}).run().csv;
  const Fixture f;
  f.rewrite([](Backup&) {});
  fs::remove(f.folder / "log.csv");
  BOOST_TEST(Training(f.plan).run().csv == expected);
}

BOOST_AUTO_TEST_CASE(a_log_of_another_size_is_whole_again) {
  const TempFolder fresh;
  const std::string expected = Training({.folder = fresh.path()}).run().csv;
  const Fixture f;
  f.rewrite([](Backup& backup) { backup.set("callback/csv_logger/size", std::uint64_t{1} << 63); });
  BOOST_TEST(Training(f.plan).run().csv == expected);
}

// The last part of the file is wrong, when all others have been read.
BOOST_AUTO_TEST_CASE(a_backup_that_is_refused_changes_nothing) {
  const TempFolder fresh;
  const Result expected = Training({.folder = fresh.path()}).run();
  const Fixture f;
  f.rewrite([](Backup& backup) { backup.set("callback/unknown/count", 1); });
  const TempFolder folder;
  Training training({.folder = folder.path()});
  training.trainer().add(Tries(f.file));
  check_equal(training.run(), expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace resume_state_test
