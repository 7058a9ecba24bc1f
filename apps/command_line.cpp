#include "rondo/apps/command_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/ranges.h>

#include "rondo/core/detail/nearest_name.hpp"

namespace rondo::apps {

namespace {

constexpr std::array<std::string_view, 5> given_once{
    "--config", "--csv", "--text", "--column", "--model"};

bool is_flag(const std::string& text) {
  return text.size() > 1 && text.starts_with('-');
}

std::string no_command(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining();
  std::vector<std::string> commands;
  for (const CLI::App* command : commands_of(app)) {
    commands.push_back(command->get_name());
  }
  if (!rest.empty() && !is_flag(rest.front())) {
    return unknown_name("command", rest.front(), commands) + "; rondo --help says more";
  }
  return fmt::format("{}: known are {}; rondo --help says more",
                     rest.empty() ? "a command is missing"
                                  : fmt::format("a command must come before '{}'", rest.front()),
                     fmt::join(commands, ", "));
}

std::string unexpected(const CLI::App& command, const std::vector<std::string>& rest) {
  const auto flag = std::find_if(rest.begin(), rest.end(), is_flag);
  const std::string all = fmt::format("rondo {} --help lists all", command.get_name());
  if (flag == rest.end()) {
    return fmt::format("'{}' is not expected here: {}", rest.front(), all);
  }
  const std::string name = flag->substr(0, flag->find('='));
  return fmt::format(
      "there is no option '{}'{}: {}", name, did_you_mean(name, flags_of(command)), all);
}

}  // namespace

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands(
      [](const CLI::App* command) { return !command->get_group().empty(); });
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  return flags;
}

void check_repeated(const CLI::App& command, const std::string& flag) {
  const std::size_t count = command.count(flag);
  if (count > 1 && std::find(given_once.begin(), given_once.end(), flag) != given_once.end()) {
    throw CLI::ValidationError(flag, fmt::format("is given {} times, once is expected", count));
  }
}

std::string explained(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (commands.empty() || !app.remaining().empty()) {
    return no_command(app);
  }
  const std::vector<std::string> rest = commands.front()->remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !rest.empty()) {
    return unexpected(*commands.front(), rest);
  }
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return text.substr(0, text.find(':')) + ": a value is missing";
  }
  return text;
}

}  // namespace rondo::apps
