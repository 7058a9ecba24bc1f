#include "rondo/formats/detail/npy_bytes.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

struct Described {
  std::string_view descr;
  NpyType type;
};

constexpr std::array types{Described{"|b1", NpyType::boolean},
                           Described{"|u1", NpyType::uint8},
                           Described{"<i4", NpyType::int32},
                           Described{"<i8", NpyType::int64},
                           Described{"<f4", NpyType::float32},
                           Described{"<f8", NpyType::float64}};

/// Reads the Python literal that a header is: {'descr': '<f4', 'fortran_order': False, 'shape':
/// (3,), }
class HeaderReader {
 public:
  HeaderReader(const NpySource& source, std::string_view text) : source_(source), rest_(text) {}

  struct Header {
    NpyType type;
    Shape shape;
  };

  Header read() {
    std::optional<NpyType> type;
    std::optional<Shape> shape;
    bool ordered = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = text();
      expect(':');
      if (key == "descr" && !type) {
        type = element_type();
      } else if (key == "fortran_order" && !ordered) {
        check_order();
        ordered = true;
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        source_.fail(fmt::format("unexpected key '{}' in the header", key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!type || !shape || !ordered || !rest_.empty()) {
      source_.fail("the header is not complete");
    }
    return {*type, *shape};
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
  }

  bool accept(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) {
      source_.fail(fmt::format("the header lacks a '{}'", c));
    }
  }

  std::string_view text() {
    skip_blanks();
    const char quote = rest_.empty() ? ' ' : rest_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : rest_.npos;
    if (end == rest_.npos) {
      source_.fail("the header lacks a text in quotes");
    }
    const std::string_view result = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return result;
  }

  NpyType element_type() {
    skip_blanks();
    if (rest_.starts_with('[')) {
      source_.fail("structured arrays are not read");
    }
    const std::string_view descr = text();
    for (const Described& known : types) {
      if (descr == known.descr) {
        return known.type;
      }
    }
    if (descr.starts_with('>')) {
      source_.fail(fmt::format("big-endian numbers ('{}') are not read", descr));
    }
    if (descr.starts_with("|O")) {
      source_.fail("arrays of Python objects are not read");
    }
    source_.fail(fmt::format(
        "elements '{}' are not read, only bool, uint8, int32, int64, float32 and float64", descr));
  }

  void check_order() {
    skip_blanks();
    if (rest_.starts_with("True")) {
      source_.fail("arrays in Fortran order are not read: numpy.ascontiguousarray turns them");
    }
    if (!rest_.starts_with("False")) {
      source_.fail("fortran_order is neither True nor False");
    }
    rest_.remove_prefix(5);
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      std::size_t dim = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dim);
      if (error != std::errc{}) {
        source_.fail("the shape is no tuple of sizes");
      }
      if (shape.rank() == Shape::max_rank) {
        source_.fail(fmt::format("more than {} axes", Shape::max_rank));
      }
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      append(shape, dim);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  void append(Shape& shape, std::size_t dim) {
    try {
      shape.append(dim);
    } catch (const ArgumentError&) {
      source_.fail("the shape is too large");
    }
  }

  const NpySource& source_;
  std::string_view rest_;
};

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

void NpySource::fail(std::string_view problem) const {
  throw_format_error(op, fmt::format("{}: {}", name, problem));
}

NpyArray parse_npy(const NpySource& source, std::span<const std::byte> bytes) {
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!file.starts_with(magic) || file.size() < magic.size() + 2) {
    source.fail("is no .npy file");
  }
  const int major = file[magic.size()], minor = file[magic.size() + 1];
  if (major < 1 || major > 3 || minor != 0) {
    source.fail(fmt::format("version {}.{} is not read, only 1.0, 2.0 and 3.0", major, minor));
  }
  const std::size_t length_at = magic.size() + 2, length_bytes = major == 1 ? 2 : 4;
  const std::size_t header_at = length_at + length_bytes;
  if (file.size() < header_at) {
    source.fail("ends within its header");
  }
  const std::size_t header_bytes = little_endian(file.substr(length_at, length_bytes));
  if (file.size() - header_at < header_bytes) {
    source.fail("ends within its header");
  }
  const auto header = HeaderReader(source, file.substr(header_at, header_bytes)).read();
  const auto values = bytes.subspan(header_at + header_bytes);
  std::size_t expected = 0;
  if (__builtin_mul_overflow(header.shape.size(), size_of(header.type), &expected) ||
      values.size() != expected) {
    source.fail(fmt::format("holds {} bytes of values, {} of {} would be {}",
                            values.size(),
                            to_string(header.shape),
                            to_string(header.type),
                            expected));
  }
  return NpyArray(header.type, header.shape, values);
}

std::string npy_header(NpyType type, const Shape& shape) {
  std::string dims;
  for (const std::size_t dim : shape) {
    dims += dims.empty() ? fmt::format("{}", dim) : fmt::format(", {}", dim);
  }
  dims += shape.rank() == 1 ? "," : "";
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                 types[static_cast<std::size_t>(type)].descr,
                                 dims);
  constexpr std::size_t alignment = 64, before = 10;  // magic, version, length
  const std::size_t end = before + dict.size() + 1;
  dict.append((alignment - end % alignment) % alignment, ' ');
  dict += '\n';
  std::string result(magic);
  result +=
      {'\1', '\0', static_cast<char>(dict.size() & 0xFFU), static_cast<char>(dict.size() >> 8U)};
  return result + dict;
}

}  // namespace rondo::detail
