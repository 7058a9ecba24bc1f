#include "rondo/core/error.hpp"

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/core/shape.hpp"

namespace rondo {

namespace {

/// One line that a terminal can show, whatever names a file or a user has put into it.
std::string message(std::string_view op, std::string_view problem) {
  constexpr std::size_t longest = 2000;
  return shortened(fmt::format("[{}] {}", op, problem), longest);
}

}  // namespace

void throw_shape_error(std::string_view op,
                       std::string_view problem,
                       std::initializer_list<NamedShape> shapes) {
  std::string text(problem);
  std::string_view separator = ": ";
  for (const auto& [name, shape] : shapes) {
    text += fmt::format("{}{} {}", separator, name, to_string(shape));
    separator = ", ";
  }
  throw ShapeError(message(op, text));
}

void throw_argument_error(std::string_view op, std::string_view problem) {
  throw ArgumentError(message(op, problem));
}

void throw_state_error(std::string_view op, std::string_view problem) {
  throw StateError(message(op, problem));
}

void throw_format_error(std::string_view op, std::string_view problem) {
  throw FormatError(message(op, problem));
}

}  // namespace rondo
