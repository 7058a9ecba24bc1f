/// `--steps N` of the examples, so that tests can run them briefly.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

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
