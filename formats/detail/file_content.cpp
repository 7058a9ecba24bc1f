#include "rondo/formats/detail/file_content.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

namespace fs = std::filesystem;

struct Source {
  std::string_view op;
  const fs::path& path;

  [[noreturn]] void fail(std::string_view problem) const {
    throw_format_error(op, path.string() + std::string(problem));
  }

  [[noreturn]] void fail(int error) const {
    fail(": cannot be read: " + std::generic_category().message(error));
  }
};

class OpenFile {
 public:
  explicit OpenFile(const Source& source)
      : source_(source), fd_(::open(source.path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) {
      source.fail(errno);
    }
  }

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  ~OpenFile() { ::close(fd_); }

  /// Fills the buffer from `size` on, as far as the file goes. @return the new size
  std::size_t read_to_end(std::string& buffer, std::size_t size) const {
    while (size < buffer.size()) {
      const ssize_t got = ::read(fd_, buffer.data() + size, buffer.size() - size);
      if (got == 0) {
        break;
      }
      if (got > 0) {
        size += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        source_.fail(errno);
      }
    }
    return size;
  }

 private:
  const Source& source_;
  int fd_;
};

std::string read_sized(const Source& source, std::size_t size) {
  const OpenFile file(source);
  std::string bytes(size + 1, '\0');  // one more byte, to see whether the file has grown
  const std::size_t found = file.read_to_end(bytes, 0);
  if (found != size) {
    source.fail(fmt::format(": changed while it was read: {} bytes at first, then {}",
                            size,
                            found < size ? std::to_string(found) : "more"));
  }
  bytes.pop_back();
  return bytes;
}

std::string read_pipe(const Source& source) {
  constexpr std::size_t most = std::size_t{1} << 32U;
  const OpenFile file(source);
  std::string bytes;
  std::size_t size = 0;
  do {
    bytes.resize(std::max<std::size_t>(1U << 16U, 2 * size));
    size = file.read_to_end(bytes, size);
    if (size > most) {
      source.fail(fmt::format(": is a pipe that gave {} bytes and did not end", size));
    }
  } while (size == bytes.size());
  bytes.resize(size);
  return bytes;
}

struct Kind {
  std::string_view begin;
  std::string_view problem;
};

using namespace std::string_view_literals;

/// What is no text although it may be called .csv. The longer of two beginnings comes first.
constexpr std::array kinds{
    Kind{"\xFF\xFE\0\0"sv, "is UTF-32, expected UTF-8: convert it with iconv -f UTF-32 -t UTF-8"},
    Kind{"\xFF\xFE"sv, "is UTF-16, expected UTF-8: convert it with iconv -f UTF-16 -t UTF-8"},
    Kind{"\xFE\xFF"sv, "is UTF-16, expected UTF-8: convert it with iconv -f UTF-16 -t UTF-8"},
    Kind{"PK\3\4"sv,
         "is a zip archive, as spreadsheets are, expected a text: save the sheet as CSV, or unpack "
         "the archive"},
    Kind{"\xFD"
         "7zXZ"sv,
         "is compressed by xz, expected a text: unpack it first"},
    Kind{"\x28\xB5\x2F\xFD"sv, "is compressed by zstd, expected a text: unpack it first"},
    Kind{"BZh"sv, "is compressed by bzip2, expected a text: unpack it first"}};

std::string unpacked(const Source& source, std::string packed) {
  constexpr std::string_view gzip_mark = "\x1F\x8B";
  if (!packed.starts_with(gzip_mark)) {
    return packed;
  }
  constexpr std::size_t most_per_byte = 200, always = 1U << 20U;
  std::string text, problem;
  if (!gunzip(packed, most_per_byte * packed.size() + always, text, problem)) {
    source.fail(": " + problem);
  }
  return text;
}

void check_kind(const Source& source, std::string_view text) {
  for (const Kind& kind : kinds) {
    if (text.starts_with(kind.begin)) {
      source.fail(fmt::format(": {}", kind.problem));
    }
  }
  if (const auto at = find_invalid_utf8(text)) {
    const std::size_t line_end = *at == 0 ? text.npos : text.rfind('\n', *at - 1);
    const std::size_t in_line = line_end == text.npos ? *at + 1 : *at - line_end;
    source.fail(
        fmt::format(":{}: byte {} of the line, 0x{:02x}, is not UTF-8: if the file is ISO-8859-1, "
                    "convert it with iconv -f ISO-8859-1 -t UTF-8",
                    line_of(text, *at),
                    in_line,
                    static_cast<unsigned char>(text[*at])));
  }
}

}  // namespace

std::string read_content(std::string_view op, const fs::path& path) {
  const Source source{op, path};
  std::error_code error;
  switch (fs::status(path, error).type()) {
    case fs::file_type::regular: {
      const auto size = fs::file_size(path, error);
      if (error) {
        source.fail(error.value());
      }
      return read_sized(source, size);
    }
    case fs::file_type::directory:
      source.fail(": is a folder");
    case fs::file_type::block:
    case fs::file_type::character:
      source.fail(": is a device, no file");
    case fs::file_type::not_found:
      source.fail(ENOENT);
    case fs::file_type::none:
      source.fail(error.value());
    default:
      return read_pipe(source);
  }
}

std::string read_utf8(std::string_view op, const fs::path& path) {
  const Source source{op, path};
  std::string text = unpacked(source, read_content(op, path));
  check_kind(source, text);
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) {
    text.erase(0, mark.size());
  }
  return text;
}

std::size_t line_of(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace rondo::detail
