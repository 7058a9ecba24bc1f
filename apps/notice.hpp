/// Lines for people that are no results: they go to stderr, and nobody need be there to read them.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::apps {

/// Of a rank behind the first, which has the same to say.
inline bool silent = false;

template <class... Args>
void notice(fmt::format_string<Args...> format, Args&&... args) {
  if (silent) {
    return;
  }
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  std::fprintf(stderr, "rondo: %s\n", printable(text).c_str());
}

/// A line each.
inline void say(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    notice("{}", note);
  }
}

/// Writes what the result does not depend on: if that fails, a line says so.
/// @return whether it was written
template <class Write>
bool write_aside(Write write) {
  try {
    write();
    return true;
  } catch (const FormatError& error) {
    notice("{}", error.what());
    return false;
  }
}

}  // namespace rondo::apps
