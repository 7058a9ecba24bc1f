// CSVLogger, TerminateOnNaN, HistoryPlot, and what monitoring callbacks share.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdio.h>

#include "rondo/core/ops.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/history_plot.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"
#include "rondo/tests/optim/callback_run.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/support/file_size_limit.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace callbacks_test {

using namespace rondo;
using boost::test_tools::per_element;
using Run = test::CallbackRun;
namespace fs = std::filesystem;

namespace {

constexpr Verbosity quiet = Verbosity::quiet;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// What TerminateOnNaN prints when this loss is trained on, and the weights after it.
template <class MakeLoss>
std::string told(MakeLoss make_loss, Run& run) {
  std::FILE* const out = std::tmpfile();
  Trainer<float> trainer(
      run.model,
      [&](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& options) {
        return BatchResult<float>(make_loss(run.model(tape.borrow(batch.inputs), options)));
      },
      run.optimizer);
  trainer.add(TerminateOnNaN<float>({.out = out}));
  trainer.fit(run.data, {.epochs = 3, .verbose = quiet});
  BOOST_TEST(trainer.stopped());
  BOOST_TEST(trainer.history().epochs().size() == 1U);
  std::rewind(out);
  std::string text(500, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), out));
  std::fclose(out);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_csv_logger)

BOOST_AUTO_TEST_CASE(a_line_for_each_epoch_with_names_in_order) {
  const test::TempFolder folder;
  Run run;
  run.trainer.add(LambdaCallback<float>({.on_epoch_end = [](auto&, std::size_t epoch, Logs& logs) {
    logs.clear();
    logs.set("loss", 0.5);
    logs.set("b", epoch == 0 ? 0.1 : NAN);
    if (epoch == 1) {
      logs.set("val_loss", 7.0);
    }
  }}));
  run.trainer.add(CSVLogger<float>({.filename = folder / "log.csv", .separator = ";"}));
  run.fit({.epochs = 2});
  BOOST_TEST(content(folder / "log.csv") ==
             "epoch;b;loss;val_b;val_loss\n0;0.1;0.5;NA;NA\n1;nan;0.5;NA;7\n");
}

BOOST_AUTO_TEST_CASE(a_file_is_begun_anew_or_gone_on_with) {
  const test::TempFolder folder;
  const fs::path path = folder / "log.csv";
  for (const bool append : {false, true, false}) {
    Run run;
    run.optimizer.set_learning_rate(0.0);
    run.trainer.add(CSVLogger<float>({.filename = path, .append = append}));
    run.fit({.epochs = 2});
    const std::string text = content(path);
    BOOST_TEST(text.starts_with("epoch,loss,val_loss\n0,"));
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == (append ? 5 : 3));
  }
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_written_are_told_once_and_training_goes_on) {
  const test::TempFolder folder;
  std::ofstream(folder / "file") << "x";
  const auto check = [&](const fs::path& path, const std::string& reason) {
    Run run;
    std::FILE* const out = std::fopen((folder / "told").c_str(), "w");
    run.trainer.add(CSVLogger<float>({.filename = path, .out = out}));
    BOOST_TEST(run.fit({.epochs = 3}).epochs().size() == 3U);
    std::fclose(out);
    BOOST_TEST(content(folder / "told") == "[CSVLogger] " + path.string() +
                                               ": cannot be written: " + reason +
                                               "; training goes on\n");
  };
  check(folder / "file/log.csv", "Not a directory");
  check(folder / "none/log.csv", "No such file or directory");
  check(folder.path(), "Is a directory");
  check("/dev/full", "No space left on device");
}

// No room for the second line when its epoch ends, but later.
BOOST_AUTO_TEST_CASE(lines_that_could_not_be_written_follow) {
  for (const std::size_t last :
       {1U, 2U}) {  // epoch without room; the end of the run is after the third
    const test::TempFolder folder;
    const fs::path path = folder / "log.csv";
    Run run;
    std::optional<test::FileSizeLimit> limit;
    char* told = nullptr;
    std::size_t length = 0;
    std::FILE* const out = ::open_memstream(&told, &length);  // a file has no room either
    run.trainer.add(
        LambdaCallback<float>({.on_epoch_end =
                                   [&](auto&, std::size_t epoch, Logs& logs) {
                                     logs.clear();
                                     logs.set("loss", 0.5);
                                     limit.reset();
                                     if (epoch >= 1 && epoch <= last) {
                                       limit.emplace(fs::file_size(path) + 1);
                                     }
                                   },
                               .on_train_end = [&](auto&, const Logs&) { limit.reset(); }}));
    run.trainer.add(CSVLogger<float>({.filename = path, .out = out}));
    run.fit({.epochs = 3});
    std::fclose(out);
    BOOST_TEST(content(path) == "epoch,loss,val_loss\n0,0.5,NA\n1,0.5,NA\n2,0.5,NA\n");
    BOOST_TEST(std::string(told, length) == "[CSVLogger] " + path.string() +
                                                ": cannot be written: File too large; training "
                                                "goes on\n");
    std::free(told);
  }
}

BOOST_AUTO_TEST_CASE(a_terminal_that_is_closed_ends_no_run) {
  std::FILE* const out = std::fopen("/dev/full", "w");
  Run run;
  run.trainer.add(CSVLogger<float>({.filename = "/dev/full", .out = out}));
  BOOST_TEST(run.fit({.epochs = 2}).epochs().size() == 2U);
  std::fclose(out);
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused) {
  RONDO_CHECK_THROWS(CSVLogger<float>({}), ArgumentError, "[CSVLogger] filename is empty");
  RONDO_CHECK_THROWS(CSVLogger<float>({.filename = "a", .separator = ", "}),
                     ArgumentError,
                     "[CSVLogger] separator must be one character, got ', '");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(optim_terminate_on_nan)

BOOST_AUTO_TEST_CASE(the_op_that_gave_nan_is_named_and_the_weights_stay) {
  Run run;
  const auto before = test::weights_of(run.model);
  const std::string text = told([](const auto& y) { return mean(log(-square(y))); }, run);
  BOOST_TEST(
      text.starts_with("[TerminateOnNaN] the loss is nan in epoch 1, batch 1 (from 1); the "
                       "first values that are not finite are node "));
  BOOST_TEST(text.find(", log (6, 1), made from node ") != text.npos);
  BOOST_TEST(test::weights_of(run.model) == before, per_element());
  BOOST_TEST(run.optimizer.iterations() == 0U);
}

BOOST_AUTO_TEST_CASE(inputs_that_are_not_finite_are_named) {
  Run run;
  run.data = TensorDataset<float>(Tensor<float>::full({6, 2}, INFINITY), Tensor<float>({6, 1}));
  const std::string text = told([](const auto& y) { return mean(y); }, run);
  BOOST_TEST(text.find("not finite are node 0, borrow (6, 2)\n") != text.npos);
}

BOOST_AUTO_TEST_CASE(an_error_may_be_raised_instead) {
  Run run;
  run.data =
      TensorDataset<float>(Tensor<float>::full({6, 2}, 1.0F), Tensor<float>::full({6, 1}, NAN));
  run.trainer.add(TerminateOnNaN<float>({.raise_error = true}));
  BOOST_CHECK_EXCEPTION(run.fit({}), StateError, [](const StateError& error) {
    return std::string(error.what()).starts_with("[TerminateOnNaN] the loss is nan in epoch 1");
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(optim_monitored_values)

BOOST_AUTO_TEST_CASE(a_metric_says_which_way_is_better) {
  Run run;
  run.trainer.add_metric(test::AbsoluteError<float>());
  run.trainer.add(EarlyStopping<float>({.monitor = "val_mae", .patience = 1}));
  run.optimizer.set_learning_rate(0.0);
  const History history = run.fit({.epochs = 9, .validation_data = &run.data});
  BOOST_TEST(history.epochs().size() == 2U);
}

// Values in epochs 2, 4, ..: the rate is 0, so that the second one is no improvement.
BOOST_AUTO_TEST_CASE(epochs_without_validation_do_not_count) {
  Run run;
  run.trainer.add(EarlyStopping<float>({.patience = 1}));
  run.optimizer.set_learning_rate(0.0);
  const History history =
      run.fit({.epochs = 9, .validation_data = &run.data, .validation_freq = 2});
  BOOST_TEST(history.epochs().size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(optim_history_plot)

BOOST_AUTO_TEST_CASE(the_losses_are_drawn) {
  if (std::system("command -v gnuplot > /dev/null 2>&1") != 0) {
    BOOST_TEST_MESSAGE("gnuplot is not installed");
    return;
  }
  const test::TempFolder folder;
  Run run;
  run.trainer.add(HistoryPlot<float>({.path = folder / "plot.svg", .freq = 1}));
  run.optimizer.set_learning_rate(0.1);
  run.fit({.epochs = 3, .validation_data = &run.data});
  const std::string text = content(folder / "plot.svg");
  BOOST_TEST(text.find("<svg") != text.npos);
  BOOST_TEST(text.find(">val_loss<") != text.npos);
}

// At the end of each epoch and at that of the run; told once.
BOOST_AUTO_TEST_CASE(a_plot_that_fails_is_told_once_and_training_goes_on) {
  const test::TempFolder folder;
  std::ofstream(folder / "gnuplot") << "#!/bin/sh\nexit 1\n";
  fs::permissions(folder / "gnuplot", fs::perms::owner_all);
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", (folder.path().string() + ":" + before).c_str(), 1);
  std::FILE* const out = std::fopen((folder / "told").c_str(), "w");
  const fs::path path = folder / "plot.svg";
  Run run;
  run.trainer.add(HistoryPlot<float>({.path = path, .freq = 1, .out = out}));
  BOOST_TEST(run.fit({.epochs = 3}).epochs().size() == 3U);
  std::fclose(out);
  ::setenv("PATH", before.c_str(), 1);
  BOOST_TEST(content(folder / "told") == "[plot] " + path.string() +
                                             " cannot be drawn: gnuplot failed with status 1; "
                                             "training goes on\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_answered_with_the_known_ones) {
  Run run;
  run.trainer.add(HistoryPlot<float>({.path = "plot.svg", .names = {"acc"}}));
  RONDO_CHECK_THROWS(run.fit({}), ArgumentError, "[History] unknown value 'acc', known are loss");
  RONDO_CHECK_THROWS(HistoryPlot<float>({}), ArgumentError, "[HistoryPlot] path is empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace callbacks_test
