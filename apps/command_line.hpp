/// Options of a command, on top of CLI11: values of one conversion, and errors that say what would
/// be right.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "rondo/apps/option_value.hpp"

namespace rondo::apps {

/// What the help calls a value of this type.
template <class V>
struct ValueName {
  static constexpr const char* text = std::is_same_v<V, double>                     ? "NUMBER"
                                      : std::is_same_v<V, std::string>              ? "TEXT"
                                      : std::is_same_v<V, std::vector<std::size_t>> ? "COUNT,…"
                                      : std::is_same_v<V, std::vector<double>>      ? "NUMBER,…"
                                      : std::is_same_v<V, std::vector<std::string>> ? "NAME,…"
                                                                                    : "COUNT";
};

template <class V>
struct ValueName<std::optional<V>> : ValueName<V> {};

/// @throws CLI::ValidationError if an option that names a model's only input is given twice. Of
///         others the last one counts: scripts append overrides.
void check_repeated(const CLI::App& command, const std::string& flag);

/// An option that is read into `target` when the command line has been parsed.
template <class V>
CLI::Option* add_value(CLI::App& command,
                       const std::string& flag,
                       V& target,
                       const std::string& help) {
  const auto read = [&command, &target, flag](const std::string& text) {
    check_repeated(command, flag);
    if (const std::string expected = read_value(text, target); !expected.empty()) {
      throw CLI::ValidationError(flag, fmt::format("must be {}, got '{}'", expected, text));
    }
  };
  CLI::Option* const option = command.add_option_function<std::string>(flag, read, help);
  option->type_name(ValueName<V>::text)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if constexpr (std::is_arithmetic_v<V>) {
    option->default_str(fmt::format("{}", target));
  } else if constexpr (std::is_same_v<V, std::string>) {
    option->default_str(target);
  }
  return option;
}

/// The commands that the help lists.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& program);

/// `--csv`, `--column`, … of a command or of the program itself.
[[nodiscard]] std::vector<std::string> flags_of(const CLI::App& command);

/// Why a command line was refused: a command or an option that does not exist is named, with the
/// nearest one that does.
[[nodiscard]] std::string explained(const CLI::App& app, const CLI::ParseError& error);

}  // namespace rondo::apps
