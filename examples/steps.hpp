/// The command line of the examples: `--steps N`, so that tests can run them briefly, and a file.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

/// @return the number after --steps, or `usual`; ends the program with status 2 for anything else
inline int steps_from(int argc, char** argv, int usual) {
  if (argc == 1) {
    return usual;
  }
  char* end = nullptr;
  const long steps =
      argc == 3 && std::string(argv[1]) == "--steps" ? std::strtol(argv[2], &end, 10) : 0;
  if (steps < 1 || *end != '\0') {
    std::fprintf(stderr, "usage: %s [--steps N], N > 0\n", argv[0]);
    std::exit(2);
  }
  return static_cast<int>(steps);
}

/// A file named first on the command line, which is taken off it.
inline std::optional<std::string> file_from(int& argc, char**& argv) {
  if (argc < 2 || argv[1][0] == '-') {
    return std::nullopt;
  }
  std::swap(argv[0], argv[1]);
  --argc;
  return *argv++;
}
