// What vformat and vprint of fmt reach, made from fmt's headers, for librondo.a: a program that is linked
// with it needs no libfmt, of which Debian has no archive. Compiled without inlining, or parts would be missing.
#define FMT_HEADER_ONLY
#include <cstdio>
#include <string>

#include <fmt/format.h>

namespace rondo::detail {

std::string fmt_archive(fmt::string_view text, fmt::format_args arguments);

std::string fmt_archive(fmt::string_view text, fmt::format_args arguments) {
  fmt::vprint(stdout, text, arguments);
  return fmt::vformat(text, arguments);
}

}  // namespace rondo::detail
