// The command line of rondo.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "rondo/apps/forecast.hpp"

namespace {

/// CLI11 would turn -1 into 2^64 - 1.
const CLI::Validator not_negative(
    [](const std::string& text) {
      return text.starts_with('-') ? "must not be negative, got " + text : std::string();
    },
    "");

void add_forecast(CLI::App& app, rondo::apps::ForecastOptions& o) {
  CLI::App* const command =
      app.add_subcommand("forecast", "Train a GRU on a column of a CSV file and forecast it");
  command->add_option("--csv", o.csv, "The file: a header line, then a row per time step")
      ->required();
  command->add_option("--column", o.column, "The column to learn")->required();
  command->add_option("--window", o.window, "How many past values the model sees");
  command->add_option("--horizon", o.horizon, "How many steps ahead it predicts");
  command->add_option("--units", o.units, "Units of the GRU");
  command->add_option("--epochs", o.epochs, "Epochs at most; early stopping may end sooner");
  command->add_option("--batch-size", o.batch_size, "Windows per training step");
  command->add_option("--learning-rate", o.learning_rate, "Of Adam");
  command->add_option("--patience", o.patience, "Epochs without improvement until training stops");
  command->add_option(
      "--season", o.season, "Period of the seasonal naive forecast; 0: found in the training part");
  command->add_option("--seed", o.seed, "Same seed, same machine: same result");
  command->add_option("--out", o.out, "Folder for plot, history, forecasts and model");
  command->add_flag("--quiet", o.quiet, "No progress bar");
  command->callback([&o] { rondo::apps::forecast(o); });
  for (CLI::Option* option : command->get_options()) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append overrides
    if (option->get_type_name() == "UINT") {
      option->check(not_negative);
    }
    if (!option->get_required() && option->get_expected_min() > 0) {
      option->capture_default_str();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"rondo trains small sequence models on CPUs"};
  app.name("rondo");
  app.require_subcommand(1);
  app.set_version_flag("--version", RONDO_VERSION);
  rondo::apps::ForecastOptions options;
  add_forecast(app, options);
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
  return 0;
}
