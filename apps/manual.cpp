#include "rondo/apps/manual.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/apps/command_line.hpp"
#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo::apps {

namespace {

/// What is not hidden.
std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  return command.get_options(
      [](const CLI::Option* option) { return !option->get_group().empty(); });
}

/// A text of man(7): no line begins a request, a hyphen is one that can be copied.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) {
      result += "\\&";
    }
    result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  return result;
}

bool takes_value(const CLI::Option& option) {
  return option.get_expected_max() > 0;
}

/// `--window NUMBER`, or `file` for what has no flag.
std::string usage_of(const CLI::Option& option) {
  if (option.nonpositional()) {
    std::string flags = fmt::format("\\fB{}\\fR", escaped(option.get_name(false, true)));
    return takes_value(option) ? flags + " \\fI" + escaped(option.get_type_name()) + "\\fR" : flags;
  }
  return fmt::format("\\fI{}\\fR", escaped(option.get_name()));
}

void add_options(const CLI::App& command, std::string& page) {
  page += ".SH OPTIONS\n";
  for (const CLI::Option* option : options_of(command)) {
    page += fmt::format(".TP\n{}\n{}", usage_of(*option), escaped(option->get_description()));
    if (option->get_required()) {
      page += " (required)";
    } else if (!option->get_default_str().empty()) {
      page += fmt::format(" [{}]", escaped(option->get_default_str()));
    }
    page += '\n';
  }
}

std::string page_name(const CLI::App& program, const CLI::App& command) {
  return &command == &program ? program.get_name() : program.get_name() + '-' + command.get_name();
}

void add_head(const CLI::App& program, const CLI::App& command, std::string& page) {
  const bool is_program = &command == &program;
  const std::string name = page_name(program, command);
  page =
      fmt::format(".TH {} 1 \"\" \"rondo {}\" \"User Commands\"\n", escaped(name), RONDO_VERSION);
  page += fmt::format(".SH NAME\n{} \\- {}\n", escaped(name), escaped(command.get_description()));
  page += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR", program.get_name());
  page += is_program ? " \\fICOMMAND\\fR" : fmt::format(" \\fB{}\\fR", command.get_name());
  page += " [\\fIOPTIONS\\fR]";
  for (const CLI::Option* option : options_of(command)) {
    if (!option->nonpositional()) {
      page += ' ' + usage_of(*option);
    }
  }
  page += '\n';
}

void add_commands(const CLI::App& program, std::string& page) {
  page += ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(program)) {
    page += fmt::format(".TP\n\\fB{}\\fR(1)\n{}\n",
                        escaped(page_name(program, *command)),
                        escaped(command->get_description()));
  }
}

void add_tail(const CLI::App& program, const CLI::App& command, std::string& page) {
  page +=
      ".SH EXIT STATUS\n0 if all went well; 2 after an error, which is one line on standard error; "
      "128 plus the "
      "number of the signal after an interruption that was saved.\n";
  page +=
      ".SH ENVIRONMENT\n.TP\n\\fBRONDO_NUM_THREADS\\fR\nThreads that a kernel may use [all of the "
      "machine].\n";
  page +=
      ".TP\n\\fBRONDO_INSTRUCTION_SET\\fR\nbaseline, avx2 or avx512 [the best of the machine].\n";
  std::vector<std::string> others;
  if (&command != &program) {
    others.push_back(fmt::format("\\fB{}\\fR(1)", program.get_name()));
  }
  for (const CLI::App* each : commands_of(program)) {
    if (each != &command) {
      others.push_back(fmt::format("\\fB{}\\fR(1)", escaped(page_name(program, *each))));
    }
  }
  page += fmt::format(".SH SEE ALSO\n{}\n", fmt::join(others, ", "));
}

std::string page_of(const CLI::App& program, const CLI::App& command) {
  std::string page;
  add_head(program, command, page);
  if (&command == &program) {
    add_commands(program, page);
  }
  add_options(command, page);
  add_tail(program, command, page);
  return page;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  replace_file("manual", path, {&bytes, 1});
}

}  // namespace

std::string manual_page(const CLI::App& program, const std::string& command) {
  if (command.empty()) {
    return page_of(program, program);
  }
  std::vector<std::string> known;
  for (const CLI::App* each : commands_of(program)) {
    if (each->get_name() == command) {
      return page_of(program, *each);
    }
    known.push_back(each->get_name());
  }
  throw_argument_error("manual", unknown_name("command", command, known));
}

std::string bash_completion(const CLI::App& program) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : commands_of(program)) {
    names.push_back(command->get_name());
    cases += fmt::format(
        "    {}) words='{}' ;;\n", command->get_name(), fmt::join(flags_of(*command), " "));
  }
  return fmt::format(R"(# bash completion for rondo
_rondo() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words
  case ${{COMP_WORDS[1]}} in
{}    *) words='{} {}' ;;
  esac
  [ "$COMP_CWORD" != 1 ] || words='{} {}'
  COMPREPLY=()
  if [[ $current == -* || $COMP_CWORD == 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}}
complete -o default -F _rondo rondo
)",
                     cases,
                     fmt::join(names, " "),
                     fmt::join(flags_of(program), " "),
                     fmt::join(names, " "),
                     fmt::join(flags_of(program), " "));
}

void write_manual(const CLI::App& program, const std::string& folder) {
  const std::filesystem::path root(folder);
  const auto write_page = [&](const CLI::App& command) {
    write(root / "man" / (page_name(program, command) + ".1"), page_of(program, command));
  };
  write_page(program);
  for (const CLI::App* command : commands_of(program)) {
    write_page(*command);
  }
  write(root / "completions" / "rondo", bash_completion(program));
}

}  // namespace rondo::apps
