// The command line of rondo.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "rondo/apps/evaluate.hpp"
#include "rondo/apps/forecast.hpp"
#include "rondo/apps/inspect.hpp"
#include "rondo/apps/predict.hpp"
#include "rondo/apps/train.hpp"
#include "rondo/formats/text.hpp"

namespace {

using namespace rondo::apps;

/// CLI11 would turn -1 into 2^64 - 1.
const CLI::Validator not_negative(
    [](const std::string& text) {
      return text.starts_with('-') ? "must not be negative, got " + text : std::string();
    },
    "");

/// What is the same for the options of every command.
void finish_options(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append overrides
    if (option->get_type_name() == "UINT") {
      option->check(not_negative);
    }
    if (!option->get_required() && option->get_expected_min() > 0) {
      option->capture_default_str();
    }
  }
}

/// `batch_size` → `--batch-size`
std::string flag_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

/// Flags for the options of a run. @param series_only  leaves out those that need `rondo train`
void add_run(CLI::App& command, RunDescription& run, bool series_only) {
  for_each_option(run, [&](const std::string& key, auto& value, const char* help) {
    if (!series_only || (key != "text" && key != "tensorboard")) {
      command.add_option(flag_of(key), value, help);
    }
  });
}

void add_train(CLI::App& app, TrainOptions& o, int& status) {
  CLI::App* const command = app.add_subcommand("train", "Train a model on a series or a text");
  // First, since values are set in this order: what the command line names wins.
  command->add_option_function<std::string>(
      "--config",
      [&o](const std::string& file) { read_json(rondo::read_text(file), file, o.run); },
      "JSON object with the flags below as keys (batch_size for --batch-size), such as the "
      "run.json "
      "of an earlier run; flags win");
  add_run(*command, o.run, false);
  command->add_flag("--resume", o.resume, "Go on with the interrupted run in --out");
  command->add_flag("--quiet", o.quiet, "No progress bar");
  command->callback([&] { status = train(o); });
  finish_options(*command);
}

void add_evaluate(CLI::App& app, EvaluateOptions& o) {
  CLI::App* const command = app.add_subcommand("evaluate", "Measure a model on a series or a text");
  command->add_option("--model", o.model, "A model of rondo train")->required();
  command->add_option("--csv", o.csv, "For a model of a series: all its windows are predicted");
  command->add_option("--text", o.text, "For a model of a text");
  command->add_option("--column", o.column, "Of the CSV file; none: as in training");
  command->callback([&o] { evaluate(o); });
  finish_options(*command);
}

void add_predict(CLI::App& app, PredictOptions& o) {
  CLI::App* const command = app.add_subcommand("predict", "Let a model say what comes next");
  command->add_option("--model", o.model, "A model of rondo train")->required();
  command->add_option("--csv", o.csv, "The series, whose next values are wanted");
  command->add_option("--column", o.column, "Of the CSV file; none: as in training");
  command->add_option("--out", o.out, "CSV file for the values; none: they are printed");
  command->add_option("--text-seed", o.text_seed, "The text to go on with [a line break]");
  command->add_option("--length", o.length, "How many characters to write [200]");
  command->add_option("--temperature", o.temperature, "Low: likely ones, high: rare ones [0.8]");
  command->add_option("--seed", o.seed, "Same seed: same text [1]");
  command->callback([&o] { predict(o); });
  finish_options(*command);
}

void add_forecast(CLI::App& app, ForecastOptions& o) {
  CLI::App* const command = app.add_subcommand(
      "forecast", "Train on four fifths of a series and compare with naive forecasts of the rest");
  add_run(*command, o.run, true);
  command->add_option(
      "--season", o.season, "Period of the seasonal naive forecast; 0: found in the training part");
  command->add_flag("--quiet", o.quiet, "No progress bar");
  command->callback([&o] { forecast(o); });
  finish_options(*command);
}

void add_inspect(CLI::App& app, std::string& file) {
  CLI::App* const command = app.add_subcommand("inspect", "Show what a safetensors file holds");
  command->add_option("file", file, "A model, a checkpoint, or a file of another program")
      ->required();
  command->callback([&file] { inspect(file); });
}

/// The usual OpenBLAS starts threads before main, and each asks for 128 MiB of address space until
/// it has them: where that is limited the program starts again without. The serial one has none.
void restart_without_blas_threads(char** argv) {
  rlimit space{};
  const char* const threads = std::getenv("OPENBLAS_NUM_THREADS");
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
      (threads == nullptr || std::string(threads) != "1")) {
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);  // where it fails, all goes on as it is
  }
}

}  // namespace

int main(int argc, char** argv) {
  restart_without_blas_threads(argv);
  CLI::App app{"rondo trains small sequence models on CPUs"};
  app.name("rondo");
  app.require_subcommand(1);
  app.set_version_flag("--version", RONDO_VERSION);
  TrainOptions training;
  EvaluateOptions evaluation;
  PredictOptions prediction;
  ForecastOptions forecasting;
  std::string inspected;
  int status = 0;
  add_train(app, training, status);
  add_evaluate(app, evaluation);
  add_predict(app, prediction);
  add_forecast(app, forecasting);
  add_inspect(app, inspected);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return app.exit(error);  // --help, --version
    }
    std::fprintf(stderr, "rondo: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rondo: %s\n", error.what());
    return 2;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::perror("rondo: stdout");
    return 2;
  }
  return status;
}
