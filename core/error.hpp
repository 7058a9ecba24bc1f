/// The exceptions of the library and the one form of their text: `[op] problem: name shape, …`
/// (D12).
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rondo {

class Shape;

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Operands do not fit one another or what the operation expects.
struct ShapeError : Error {
  using Error::Error;
};

/// A value lies outside its range, or a name is unknown.
struct ArgumentError : Error {
  using Error::Error;
};

/// Calls in a wrong order: unbuilt layer, stale variable, modified parameter.
struct StateError : Error {
  using Error::Error;
};

/// A file is missing, damaged or of another kind.
struct FormatError : Error {
  using Error::Error;
};

struct NamedShape {
  std::string_view name;
  const Shape& shape;
};

/// Throws ShapeError: `[matmul] inner dimensions differ: a (32, 64), b (63, 128)`.
[[noreturn]] void throw_shape_error(std::string_view op,
                                    std::string_view problem,
                                    std::initializer_list<NamedShape> shapes = {});

/// Throw `[op] problem`.
[[noreturn]] void throw_argument_error(std::string_view op, std::string_view problem);
[[noreturn]] void throw_state_error(std::string_view op, std::string_view problem);
[[noreturn]] void throw_format_error(std::string_view op, std::string_view problem);

}  // namespace rondo
