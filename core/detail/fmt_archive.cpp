// fmt's own sources, once: Debian has no archive of them, so a program linked with -static would not find them. As
// headers they would be parsed in each source, which takes longer than most of our sources. Compiled without
// optimization, since every function must be there for callers elsewhere.
#include <cstdio>
#include <string>

#include <fmt/format.h>

namespace rondo::detail {

std::string fmt_archive(fmt::string_view text, fmt::format_args arguments);

std::string fmt_archive(fmt::string_view text, fmt::format_args arguments) {
  fmt::vprint(stdout, text, arguments);
  fmt::vprint(text, arguments);
  return fmt::vformat(text, arguments);
}

}  // namespace rondo::detail
