#include "rondo/apps/result_folder.hpp"

#include <array>
#include <system_error>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

/// All that a run may leave; the model first, so that it is never beside files of another run.
constexpr std::array result_names{"model.safetensors",
                                  "checkpoint.safetensors",
                                  "run.json",
                                  "search.json",
                                  "best.json",
                                  "trials.csv",
                                  "trials.svg",
                                  "history.csv",
                                  "history.svg",
                                  "forecast.csv",
                                  "forecast.svg",
                                  "metrics.json",
                                  "report.html"};

fs::path not_empty(const std::string& path) {
  if (path.empty()) {
    throw_argument_error("out", "--out is empty: give a folder for the results");
  }
  return path;
}

void remove_file(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error) {
    throw_format_error("out",
                       fmt::format("{} cannot be removed: {}", file.string(), error.message()));
  }
}

}  // namespace

ResultFolder::ResultFolder(const std::string& path)
    : folder_(not_empty(path)), made_(folder_), lock_(folder_) {}

bool ResultFolder::interrupted() const {
  return fs::exists(fs::path(backup()) / "training.safetensors");
}

void ResultFolder::check_new_run(const char* command, const std::string& input) const {
  if (interrupted()) {
    throw_argument_error(command,
                         fmt::format("{} holds an interrupted run: rondo train --resume goes on "
                                     "with it, without {} a new one can begin",
                                     folder_.string(),
                                     backup()));
  }
  if (fs::exists(trials())) {
    throw_argument_error(
        command,
        fmt::format("{} holds an interrupted search: rondo search --resume goes on "
                    "with it, without {} a new run can begin",
                    folder_.string(),
                    trials()));
  }
  for (const char* const name : result_names) {
    std::error_code none;
    if (fs::equivalent(input, folder_ / name, none)) {
      throw_argument_error(
          command, fmt::format("{} would be replaced by the results: give another --out", input));
    }
  }
}

void ResultFolder::check_no_run(const char* command) const {
  if (fs::exists(model()) || interrupted()) {
    throw_argument_error(command,
                         fmt::format("{} holds the results of a training run: give another --out",
                                     folder_.string()));
  }
}

void ResultFolder::remove_results() const {
  if (fs::exists(model())) {
    notice("the results of an earlier run in {} are replaced", folder_.string());
  }
  for (const char* const name : result_names) {
    remove_file(folder_ / name);
  }
}

void ResultFolder::remove_model() const {
  remove_file(model());
}

}  // namespace rondo::apps
