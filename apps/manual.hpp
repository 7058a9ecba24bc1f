/// The manual pages and the completion of the shell, made from the program's own options.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rondo::apps {

/// The page of section 1 for one command, `rondo-train.1`, or for the program if `command` is
/// empty, `rondo.1`; in the language of man(7).
/// @throws ArgumentError if there is no such command
[[nodiscard]] std::string manual_page(const CLI::App& program, const std::string& command);

/// Completes commands, options and file names in bash.
[[nodiscard]] std::string bash_completion(const CLI::App& program);

/// Writes every page to FOLDER/man and the completion to FOLDER/completions: for packages.
/// @throws FormatError if a file cannot be written
void write_manual(const CLI::App& program, const std::string& folder);

}  // namespace rondo::apps
