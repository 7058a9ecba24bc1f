/// What a run tells people, and what it writes for them alone; for the sources of this folder.
#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

/// Prints text that nobody may read any more: a closed terminal or pipe is no reason to end a run.
template <class... Args>
void tell(std::FILE* out, fmt::format_string<Args...> format, Args&&... args) {
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

/// Writes what the result of a run does not depend on: a plot, a log. If that fails, it is reported
/// once in a line, and training goes on.
/// @param reported  whether a failure was reported before
/// @return whether it was written
template <class Write>
bool write_aside(std::FILE* out, bool& reported, Write write) {
  try {
    write();
    return true;
  } catch (const FormatError& error) {
    if (!std::exchange(reported, true)) {
      // Not behind a progress bar.
      tell(out, "{}{}; training goes on\n", ::isatty(::fileno(out)) != 0 ? "\n" : "", error.what());
    }
    return false;
  }
}

}  // namespace rondo::detail
