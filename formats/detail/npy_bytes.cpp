#include "rondo/formats/detail/npy_bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

struct Described {
  std::string_view descr;
  NpyType type;
};

constexpr std::array npy_types{Described{"|b1", NpyType::boolean},
                               Described{"|u1", NpyType::uint8},
                               Described{"<i4", NpyType::int32},
                               Described{"<i8", NpyType::int64},
                               Described{"<f4", NpyType::float32},
                               Described{"<f8", NpyType::float64},
                               Described{"|i1", NpyType::int8},
                               Described{"<i2", NpyType::int16},
                               Described{"<u2", NpyType::uint16},
                               Described{"<u4", NpyType::uint32},
                               Described{"<u8", NpyType::uint64},
                               Described{"<f2", NpyType::float16}};

/// What a header says about the values behind it.
struct Header {
  NpyType type = NpyType::float32;
  Shape shape = {};
  bool big_endian = false;
  bool fortran_order = false;
  std::size_t bytes = 0;  // of the file before the values
};

/// Reads the Python literal that a header is: {'descr': '<f4', 'fortran_order': False, 'shape':
/// (3,), }
class HeaderReader {
 public:
  HeaderReader(const NpySource& source, std::string_view text) : source_(source), rest_(text) {}

  Header read() {
    Header header;
    bool type = false, shape = false, ordered = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = text();
      expect(':');
      if (key == "descr" && !type) {
        read_type(header);
        type = true;
      } else if (key == "fortran_order" && !ordered) {
        header.fortran_order = truth_value();
        ordered = true;
      } else if (key == "shape" && !shape) {
        header.shape = tuple();
        shape = true;
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
    return header;
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

  void read_type(Header& header) {
    skip_blanks();
    if (rest_.starts_with('[')) {
      source_.fail("structured arrays are not read");
    }
    const std::string_view descr = text();
    for (const Described& known : npy_types) {
      if (!descr.empty() && descr.substr(1) == known.descr.substr(1)) {
        header.type = known.type;
        header.big_endian = descr.front() == '>';
        if (header.big_endian || descr.front() == '<' || descr.front() == known.descr.front()) {
          return;
        }
      }
    }
    if (descr.starts_with("|O")) {
      source_.fail("arrays of Python objects are not read");
    }
    source_.fail(fmt::format(
        "elements '{}' are not read, only bool, whole numbers and floats up to 64 bits", descr));
  }

  bool truth_value() {
    skip_blanks();
    const bool value = rest_.starts_with("True");
    if (!value && !rest_.starts_with("False")) {
      source_.fail("fortran_order is neither True nor False");
    }
    rest_.remove_prefix(value ? 4 : 5);
    return value;
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
      accept('L');  // Python 2 wrote long numbers so
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

Header read_header(const NpySource& source, std::string_view file) {
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
  Header header = HeaderReader(source, file.substr(header_at, header_bytes)).read();
  header.bytes = header_at + header_bytes;
  return header;
}

std::size_t value_bytes(const NpySource& source, const Header& header) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(header.shape.size(), size_of(header.type), &bytes)) {
    source.fail("the shape is too large");
  }
  return bytes;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The values of an array whose first axis runs fastest, with the last one running fastest.
std::vector<std::byte> in_c_order(std::span<const std::byte> values,
                                  const Shape& shape,
                                  std::size_t size) {
  std::vector<std::byte> result(values.size());
  std::array<std::size_t, Shape::max_rank> index{};
  for (std::size_t to = 0; to < result.size(); to += size) {
    std::size_t from = 0;
    for (std::size_t axis = shape.rank(); axis-- > 0;) {
      from = from * shape[axis] + index[axis];
    }
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from * size),
                size,
                result.begin() + static_cast<std::ptrdiff_t>(to));
    for (std::size_t axis = shape.rank(); axis-- > 0 && ++index[axis] == shape[axis];) {
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

void NpySource::fail(std::string_view problem) const {
  throw_format_error(op, fmt::format("{}: {}", name, problem));
}

NpyExtent extent_of(const NpySource& source, std::span<const std::byte> begin) {
  const Header header = read_header(source, as_text(begin));
  return {header.bytes, value_bytes(source, header)};
}

NpyArray parse_npy(const NpySource& source, std::span<const std::byte> bytes) {
  const Header header = read_header(source, as_text(bytes));
  const auto values = bytes.subspan(header.bytes);
  const std::size_t expected = value_bytes(source, header);
  if (values.size() != expected) {
    source.fail(fmt::format("holds {} bytes of values, {} of {} would be {}",
                            values.size(),
                            to_string(header.shape),
                            to_string(header.type),
                            expected));
  }
  if (!header.big_endian && !header.fortran_order) {
    return NpyArray(header.type, header.shape, values);
  }
  const std::size_t size = size_of(header.type);
  std::vector<std::byte> copy = header.fortran_order
                                    ? in_c_order(values, header.shape, size)
                                    : std::vector<std::byte>(values.begin(), values.end());
  for (std::size_t i = 0; header.big_endian && i < copy.size(); i += size) {
    std::reverse(copy.begin() + static_cast<std::ptrdiff_t>(i),
                 copy.begin() + static_cast<std::ptrdiff_t>(i + size));
  }
  return NpyArray(header.type, header.shape, copy);
}

std::string npy_header(NpyType type, const Shape& shape) {
  std::string dims;
  for (const std::size_t dim : shape) {
    dims += dims.empty() ? fmt::format("{}", dim) : fmt::format(", {}", dim);
  }
  dims += shape.rank() == 1 ? "," : "";
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                 npy_types[static_cast<std::size_t>(type)].descr,
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
