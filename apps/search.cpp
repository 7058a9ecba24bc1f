#include "rondo/apps/search.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/class_data.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/search_results.hpp"
#include "rondo/apps/search_space.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/apps/trial.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/core/threads.hpp"
#include "rondo/distributed/agreement.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/optim/search.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& problem) {
  throw_argument_error("search", problem);
}

/// Trials have nothing to say that people could tell apart.
class Silence {
 public:
  Silence() : before_(std::exchange(silent, true)) {}

  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  ~Silence() { silent = before_; }

 private:
  bool before_;
};

/// As a whole, or not at all.
void copy_model(const fs::path& from, const fs::path& to) {
  std::ifstream file(from, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file) {
    throw_format_error("search", fmt::format("{}: cannot be read", from.string()));
  }
  const std::span<const std::byte> all = std::as_bytes(std::span(bytes));
  replace_file("search", to, std::span(&all, 1));
}

/// What the trials have in common, completed; to be trained again, the best one has a folder beside
/// the results.
/// @param notes  gets what was chosen, to be told when all is checked
RunDescription base_of(const SearchOptions& o,
                       const SearchSpace& space,
                       std::vector<std::string>& notes) {
  constexpr double share_of_classes = 0.2;
  RunDescription run = o.run;
  const auto not_here = [](bool given, const char* flag, const char* remedy) {
    if (given) {
      refuse(fmt::format("{} is not for a search: {}", flag, remedy));
    }
  };
  not_here(!run.test.empty(), "--test", "rondo evaluate measures the best model");
  not_here(!run.tensorboard.empty(), "--tensorboard", "train the best model again to look at it");
  not_here(run.any_order, "--any-order", "each trial is trained by one process");
  const bool unset = !run.validation_split && !space.has("validation_split");
  run = completed(run);
  if (is_of_classes(run.kind())) {
    run = with_channels(std::move(run));
  }
  if (unset && is_of_classes(run.kind())) {
    run.validation_split = share_of_classes;
    notes.emplace_back(
        "a fifth of each class validates (--validation-split chooses another share)");
  }
  if (run.kind() == DataKind::series && run.column.empty() && !space.has("column")) {
    const Series series = read_series(run);
    run.column = series.column;
    notes.push_back(
        fmt::format("column {}: the last one that holds numbers (--column chooses another)",
                    in_quotes(series.column)));
  }
  run.out = (fs::path(o.run.out) / "best").string();
  return run;
}

/// Of the trial with these values of the options.
RunDescription described(const RunDescription& base,
                         const std::vector<SearchSpace::Value>& values,
                         std::size_t epochs) {
  RunDescription run = base;
  set_options(run, values);
  run = completed(run);
  run.epochs = epochs;
  if (*run.validation_split == 0.0) {
    refuse(
        "trials are compared by their loss on data that validate: --validation-split must be above "
        "0");
  }
  return run;
}

/// Every value that a trial can have, in the place of that of the first trial, and all trials as far as
/// that costs nothing.
void check_values(const SearchOptions& o, const RunDescription& base, const SearchSpace& space) {
  const Silence silence;
  const std::size_t epochs = base.epochs.value();
  for (std::size_t i = 1; i < o.trials; ++i) {
    static_cast<void>(described(base, space.trial(base.seed, i), epochs));
  }
  const std::vector<SearchSpace::Value> first = space.trial(base.seed, 0);
  check_trial(described(base, first, epochs));
  for (const SearchSpace::Value& value : space.ends()) {
    std::vector<SearchSpace::Value> values = first;
    values.push_back(value);  // the last one counts
    try {
      check_trial(described(base, values, epochs));
    } catch (const ArgumentError& error) {
      refuse(fmt::format(
          "--over {}: the value {} is refused: {}", value.first, value.second, error.what()));
    }
  }
}

/// All that the result depends on, as search.json keeps it.
Json as_json(const SearchOptions& o, const RunDescription& base) {
  Json run = parse_json(to_json(base, -1));
  run.erase("out");
  std::string data;
  for (const std::string& file :
       base.kind() == DataKind::text ? std::vector<std::string>{base.text} : csv_files(base.csv)) {
    data += read_text(file);
  }
  return {{"run", run},
          {"over", o.over},
          {"trials", o.trials},
          {"factor", o.factor},
          {"min_epochs", o.min_epochs},
          {"checksum", checksum_of(std::as_bytes(std::span(data)))}};
}

/// Name by name.
RankFacts facts_of(const Json& search) {
  RankFacts facts;
  for (const auto& [key, value] : search.items()) {
    if (key == "run") {
      for (const auto& [option, set] : value.items()) {
        facts.emplace_back(option, to_text(set));
      }
    } else {
      facts.emplace_back(key, to_text(value));
    }
  }
  return facts;
}

[[noreturn]] void refuse_unknown_search(const std::string& out) {
  refuse(
      fmt::format("--resume: {} holds no interrupted search: give the folder of one, which all "
                  "machines must share",
                  out));
}

Json read_search(const std::string& out) {
  const std::string file = (fs::path(out) / "search.json").string();
  if (!fs::exists(file)) {
    refuse_unknown_search(out);
  }
  std::string problem = "is not what a search has written";
  Json there = parse_json(read_text(file), 4, &problem);
  if (!there.is_object() || !there.contains("run") || !there["run"].is_object()) {
    throw_format_error("search", fmt::format("{}: {}", file, problem));
  }
  return there;
}

/// @throws ArgumentError naming the first difference from the search in the folder
void check_same_search(const std::string& out, const Json& here) {
  const RankFacts own = facts_of(here);
  const RankFacts saved = facts_of(read_search(out));
  const auto value = [](const RankFacts& facts, const std::string& name) {
    const auto found = std::find_if(
        facts.begin(), facts.end(), [&](const auto& fact) { return fact.first == name; });
    return found == facts.end() ? std::string("not set") : found->second;
  };
  for (const RankFacts* const facts : {&own, &saved}) {
    for (const auto& [name, any] : *facts) {
      const std::string there = value(saved, name);
      const std::string now = value(own, name);
      if (there != now) {
        refuse(fmt::format("--resume: {} holds another search: '{}' is {} there, {} here",
                           out,
                           name,
                           shortened(there, 80),
                           shortened(now, 80)));
      }
    }
  }
}

/// One search, from its options to its results.
class Search {
 public:
  /// @throws Error for what cannot be used
  explicit Search(const SearchOptions& o)
      : o_(o),
        space_(o.over),
        base_(base_of(o, space_, notes_)),
        schedule_(halving_schedule({.trials = o.trials,
                                    .epochs = base_.epochs.value(),
                                    .factor = o.factor,
                                    .min_epochs = o.min_epochs})),
        threads_(o.threads.value_or(num_threads())) {
    if (threads_ == 0) {
      refuse("--threads must be positive, got 0");
    }
    check_values(o, base_, space_);
    here_ = as_json(o, base_);
  }

  [[nodiscard]] const Json& json() const { return here_; }

  /// Makes the folder that of this search.
  void begin(const ResultFolder& folder) const {
    if (o_.resume) {
      if (!fs::exists(folder.trials())) {
        refuse_unknown_search(o_.run.out);
      }
      check_same_search(o_.run.out, here_);
    } else {
      folder.check_new_run("search", base_.kind() == DataKind::text ? base_.text : base_.csv);
      folder.remove_results();
      write_text(folder.path("search.json"), to_text(here_, 2) + '\n');
      fs::create_directories(folder.trials());
    }
    for (const std::string& note : notes_) {
      notice("{}", note);
    }
    for (std::size_t i = 0; i < schedule_.size(); ++i) {
      fmt::print(
          "rung {}: {} trials, {} epochs\n", i + 1, schedule_[i].trials, schedule_[i].epochs);
    }
    fmt::print("rondo search --out {} --resume goes on with it, however it ends\n\n", o_.run.out);
    std::fflush(stdout);
  }

  [[nodiscard]] std::vector<Trial> run(Communicator& ranks) const {
    const Silence silence;
    if (threads_ > 1) {
      set_num_threads(1);  // of each trial
    }
    const bool tells = !o_.quiet && ranks.is_first();
    return successive_halving(schedule_,
                              [&](std::size_t trial, std::size_t rung) {
                                const TrialResult result =
                                    run_trial(description(trial, rung), folder_of(trial), rung);
                                if (tells) {
                                  tell(trial, rung, result);
                                }
                                return result.value;
                              },
                              {.threads = threads_, .communicator = &ranks});
  }

  /// Writes and prints the results, the model last.
  void finish(const ResultFolder& folder, const std::vector<Trial>& trials) const {
    const SearchResults results = results_of(trials);
    write_trials(folder, results);
    print_trials(results);
    if (std::isnan(trials[0].value)) {
      fs::remove_all(folder.trials());
      throw_state_error(
          "search", fmt::format("all trials have failed, {} says why", folder.path("trials.csv")));
    }
    write_text(folder.path("best.json"),
               to_json(description(trials[0].number, trials[0].rung), 2) + '\n');
    copy_model(folder_of(trials[0].number) / "model.safetensors", folder.model());
    fs::remove_all(folder.trials());
    fmt::print("\nmodel:  {}\nbest:   {}\ntrials: {}\n",
               folder.model(),
               folder.path("best.json"),
               folder.path("trials.csv"));
  }

 private:
  [[nodiscard]] RunDescription description(std::size_t trial, std::size_t rung) const {
    return described(base_, space_.trial(base_.seed, trial), schedule_.at(rung).epochs);
  }

  [[nodiscard]] fs::path folder_of(std::size_t trial) const {
    return fs::path(o_.run.out) / "trials" / std::to_string(trial + 1);
  }

  void tell(std::size_t trial, std::size_t rung, const TrialResult& result) const {
    const std::string outcome = result.problem.empty()
                                    ? fmt::format("{} {:.4g}", monitored(base_), result.value)
                                    : "failed: " + printable(result.problem);
    std::fputs(
        fmt::format("rung {} of {}, trial {}: {}\n", rung + 1, schedule_.size(), trial + 1, outcome)
            .c_str(),
        stderr);
  }

  [[nodiscard]] SearchResults results_of(const std::vector<Trial>& trials) const {
    SearchResults results{.trials = {}, .schedule = schedule_, .monitored = monitored(base_)};
    for (const Trial& trial : trials) {
      SearchedTrial& added = results.trials.emplace_back();
      added.trial = trial;
      added.options = space_.trial(base_.seed, trial.number);
      for (std::size_t rung = 0; rung < schedule_.size(); ++rung) {
        const auto result = read_trial(folder_of(trial.number), rung);
        added.values.push_back(result ? result->value : std::numeric_limits<double>::quiet_NaN());
        if (rung == trial.rung) {
          added.result = result.value();
        }
      }
    }
    return results;
  }

  SearchOptions o_;
  SearchSpace space_;
  std::vector<std::string> notes_;
  RunDescription base_;
  std::vector<Rung> schedule_;
  std::size_t threads_;
  Json here_;
};

}  // namespace

void search(const SearchOptions& options) {
  SingleProcess alone;
  Communicator& ranks = options.ranks != nullptr ? *options.ranks : alone;
  std::optional<Search> search;
  fail_together(ranks, [&] { search.emplace(options); });
  if (ranks.size() > 1) {
    RankFacts facts = facts_of(search->json());
    facts.emplace_back("the build", build_name());
    check_same(ranks, facts);
  }
  std::optional<ResultFolder> folder;
  fail_together(ranks, [&] {
    if (ranks.is_first()) {
      folder.emplace(options.run.out);
      search->begin(*folder);
    }
  });
  fail_together(ranks, [&] { check_same_search(options.run.out, search->json()); });
  const std::vector<Trial> trials = search->run(ranks);
  fail_together(ranks, [&] {
    if (ranks.is_first()) {
      search->finish(*folder, trials);
    }
  });
}

void read_search_of_folder(SearchOptions& o) {
  const std::string out = o.run.out;
  const Json there = read_search(out);
  const std::string file = (fs::path(out) / "search.json").string();
  read_json(to_text(there["run"]), file, o.run);
  o.run.out = out;  // the folder may have been moved
  try {
    o.over = there.at("over").get<std::vector<std::string>>();
    o.trials = there.at("trials").get<std::size_t>();
    o.factor = there.at("factor").get<std::size_t>();
    o.min_epochs = there.at("min_epochs").get<std::size_t>();
  } catch (const Json::exception& error) {
    throw_format_error("search", fmt::format("{}: {}", file, error.what()));
  }
}

}  // namespace rondo::apps
