#include "rondo/core/error.hpp"

#include <fmt/format.h>

#include "rondo/core/shape.hpp"

namespace rondo {

void throw_shape_error(std::string_view op,
                       std::string_view problem,
                       std::initializer_list<NamedShape> shapes) {
  std::string text = fmt::format("[{}] {}", op, problem);
  std::string_view separator = ": ";
  for (const auto& [name, shape] : shapes) {
    text += fmt::format("{}{} {}", separator, name, to_string(shape));
    separator = ", ";
  }
  throw ShapeError(text);
}

void throw_argument_error(std::string_view op, std::string_view problem) {
  throw ArgumentError(fmt::format("[{}] {}", op, problem));
}

void throw_state_error(std::string_view op, std::string_view problem) {
  throw StateError(fmt::format("[{}] {}", op, problem));
}

void throw_format_error(std::string_view op, std::string_view problem) {
  throw FormatError(fmt::format("[{}] {}", op, problem));
}

}  // namespace rondo
