// The command line of rondo.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <type_traits>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "rondo/apps/command_line.hpp"
#include "rondo/apps/convert.hpp"
#include "rondo/apps/evaluate.hpp"
#include "rondo/apps/forecast.hpp"
#include "rondo/apps/inspect.hpp"
#include "rondo/apps/manual.hpp"
#include "rondo/apps/predict.hpp"
#include "rondo/apps/process.hpp"
#include "rondo/apps/ranks.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/search.hpp"
#include "rondo/apps/train.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/text.hpp"

namespace {

using namespace rondo::apps;

/// `--out DIR --resume` says enough: the folder knows its run.
/// @param read  sets what the folder says
void resume_run(const CLI::App& command,
                RunDescription& run,
                bool& resume,
                const std::function<void()>& read) {
  resume = true;
  const auto given = [&](const char* flag) {
    return command.get_option_no_throw(flag) != nullptr && command.count(flag) > 0;
  };
  if (given("--config") || given("--csv") || given("--text")) {
    return;
  }
  if (given("--out")) {
    run.out = command["--out"]->as<std::string>();
  }
  read();
}

/// Whether a command has an option of a run.
bool has_option(const std::string& command, const std::string& key) {
  return command == "forecast" ? is_for(DataKind::table, key) : !is_for_forecast(key);
}

/// Flags for the options of a run, with --config before them and --resume.
/// @param read  sets what the folder of an interrupted run says
void add_run(CLI::App& command,
             RunDescription& run,
             bool& resume,
             const std::function<void()>& read) {
  // First, since values are set in this order: what the command line names wins.
  command
      .add_option_function<std::string>(
          "--config",
          [&command, &run](const std::string& file) {
            check_repeated(command, "--config");
            read_json(rondo::read_text(file), file, run);
          },
          "JSON object with the flags below as keys (batch_size for --batch-size), such as the "
          "run.json of an earlier run; flags win")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_flag_callback(
      "--resume",
      [&, read] { resume_run(command, run, resume, read); },
      "Go on with what was interrupted in --out; its folder knows all that is not given");
  for_each_option(run, [&](const std::string& key, auto& value, const char* help) {
    if (!has_option(command.get_name(), key)) {
      return;
    }
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, bool>) {
      command.add_flag(flag_of(key), value, help);
    } else {
      add_value(command, flag_of(key), value, help);
    }
  });
}

/// Flags for the CSV file that a model is used with.
void add_series(CLI::App& command, SeriesFile& file, const char* help) {
  add_value(command, "--csv", file.csv, help);
  add_value(command, "--column", file.column, "Of the CSV file; none: as in training");
  add_value(command, "--delimiter", file.delimiter, "Of the CSV file; none: as in training");
  add_value(command, "--decimal", file.decimal, "Of the CSV file; none: as in training");
  CLI::Option* const without = command.add_flag_callback(
      "--no-header", [&file] { file.no_header = true; }, "The CSV file begins with data");
  command
      .add_flag_callback(
          "--header", [&file] { file.no_header = false; }, "It does not, other than in training")
      ->excludes(without);
}

void add_train(CLI::App& app, TrainOptions& o, int& status) {
  CLI::App* const command =
      app.add_subcommand("train", "Train a model on a table, a series or a text");
  add_run(*command, o.run, o.resume, [&o] { read_run_of_folder(o.run); });
  command->add_flag("--quiet", o.quiet, "No progress bar");
  command->callback([&] { status = train(o); });
}

/// A searched option has no value beside.
void check_not_given(const CLI::App& command, const std::vector<std::string>& over) {
  for (const std::string& text : over) {
    const std::string key = text.substr(0, text.find('='));
    const CLI::Option* const option = command.get_option_no_throw(flag_of(key));
    if (option != nullptr && option->count() > 0 && key != "seed") {
      rondo::throw_argument_error(
          "search", "--over " + key + " and " + flag_of(key) + " exclude one another");
    }
  }
}

void add_search(CLI::App& app, SearchOptions& o) {
  CLI::App* const command =
      app.add_subcommand("search", "Try many options of rondo train and keep the best model");
  add_run(*command, o.run, o.resume, [&o] { read_search_of_folder(o); });
  command
      ->add_option("--over",
                   o.over,
                   "What is searched, by its key in --config: units=16,32,64 or "
                   "learning_rate=1e-4..1e-2:log; once for each key")
      ->type_name("KEY=VALUES")
      ->allow_extra_args(false);
  add_value(*command, "--trials", o.trials, "How many models are tried");
  add_value(*command,
            "--factor",
            o.factor,
            "One trial in so many goes on, with so many times the epochs; 1: all have --epochs");
  add_value(*command, "--min-epochs", o.min_epochs, "Of every trial, at least");
  add_value(*command, "--threads", o.threads, "Trials at the same time [as many as processors]");
  command->add_flag("--quiet", o.quiet, "No line for each trial");
  command->callback([command, &o] {
    check_not_given(*command, o.over);
    search(o);
  });
}

void add_evaluate(CLI::App& app, EvaluateOptions& o) {
  CLI::App* const command = app.add_subcommand("evaluate", "Measure a model on a series or a text");
  add_value(*command, "--model", o.model, "A model of rondo train, or of another system")
      ->required();
  add_series(*command, o.series, "For a model of a series: all its windows are predicted");
  add_value(*command, "--text", o.text, "For a model of a text");
  add_value(
      *command, "--test-split", o.test_split, "Tables: share at the end of each series [0.2]");
  add_value(*command, "--rows", o.rows, "Tables: so many rows at the end instead");
  add_value(
      *command, "--out", o.out, "Tables, classes: folder for metrics.json and report.html [none]");
  command->callback([&o] { evaluate(o); });
}

void add_predict(CLI::App& app, PredictOptions& o) {
  CLI::App* const command = app.add_subcommand("predict", "Let a model say what comes next");
  add_value(*command, "--model", o.model, "A model of rondo train, or of another system")
      ->required();
  add_series(*command, o.series, "The series, whose next values are wanted");
  add_value(*command, "--future", o.future, "Tables: what is known in advance, as a table [none]");
  command->add_flag(
      "--follow", o.follow, "Tables: read rows from standard input, answer each at once");
  add_value(*command, "--out", o.out, "CSV file for the values; none: they are printed");
  add_value(*command, "--text-seed", o.text_seed, "The text to go on with [a line break]");
  add_value(*command, "--length", o.length, "How many characters to write [200]");
  add_value(*command, "--temperature", o.temperature, "Low: likely ones, high: rare ones [0.8]");
  add_value(*command, "--seed", o.seed, "Same seed: same text [1]");
  command->callback([&o] { predict(o); });
}

void add_forecast(CLI::App& app, ForecastOptions& o, int& status) {
  CLI::App* const command = app.add_subcommand(
      "forecast",
      "Train on the first part of a table, compare with simple methods on the rest, and forecast "
      "what follows");
  add_run(*command, o.run, o.resume, [&o] { read_run_of_folder(o.run); });
  command->add_flag("--quiet", o.quiet, "No progress bar");
  command->callback([&] { status = forecast(o); });
}

void add_inspect(CLI::App& app, std::string& file) {
  CLI::App* const command =
      app.add_subcommand("inspect", "Show what a model of any system or a safetensors file holds");
  command->add_option("file", file, "A model, a checkpoint, or a file of another program")
      ->required();
  command->callback([&file] { inspect(file); });
}

void add_convert(CLI::App& app, ConvertOptions& o) {
  CLI::App* const command =
      app.add_subcommand("convert", "Write a model of one system as one of another");
  command->add_option("in", o.in, "A model of any format that rondo reads")->required();
  command->add_option("out", o.out, "The new file, or for tfjs a folder")->required();
  add_value(*command, "--to", o.to, "Its format; none: by its extension");
  add_value(*command,
            "--architecture",
            o.architecture,
            "JSON file of the model that weights alone belong to");
  add_value(*command, "--prefix", o.prefix, "Where in a PyTorch checkpoint the state_dict lies");
  command->add_flag("--right-padded",
                    o.right_padded,
                    "Sequences are padded at their ends only: masks become lengths (ONNX)");
  command->add_flag("--no-check", o.no_check, "Do not run both models to compare them");
  command->callback([&o] { convert(o); });
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

/// Of all commands only two share their work out: others would write over each other's files.
void check_alone(const CLI::App& app, const rondo::Communicator* ranks) {
  const std::string command = app.get_subcommands().front()->get_name();
  if (ranks != nullptr && ranks->size() > 1 && command != "train" && command != "search") {
    rondo::throw_argument_error(
        command, "runs as one process, train and search alone as several: start it once");
  }
}

/// Not listed: for those who make packages.
void add_manual(CLI::App& app, std::string& folder) {
  CLI::App* const command = app.add_subcommand("manual", "Write manual pages and completions");
  command->group("");
  command->add_option("folder", folder, "Where to")->required();
  command->callback([&] { write_manual(app, folder); });
}

}  // namespace

int main(int argc, char** argv) {
  restart_without_blas_threads(argv);
  prepare_process();
  CLI::App app{"rondo trains small sequence models on CPUs"};
  app.name("rondo");
  app.require_subcommand(1);
  app.set_version_flag("--version", RONDO_VERSION);
  TrainOptions training;
  SearchOptions searching;
  EvaluateOptions evaluation;
  PredictOptions prediction;
  ForecastOptions forecasting;
  std::string inspected;
  ConvertOptions conversion;
  std::string manual;
  int status = 0;
  add_train(app, training, status);
  add_search(app, searching);
  add_evaluate(app, evaluation);
  add_predict(app, prediction);
  add_forecast(app, forecasting, status);
  add_inspect(app, inspected);
  add_convert(app, conversion);
  add_manual(app, manual);
  app.parse_complete_callback([&] { check_alone(app, training.ranks); });
  const auto work = [&](rondo::Communicator* ranks) {
    training.ranks = searching.ranks = ranks;
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() != 0) {
        throw std::invalid_argument(explained(app, error));
      }
      app.exit(error);  // --help, --version
    }
    return status;
  };
  return run_program([&] { return on_ranks(work); });
}
