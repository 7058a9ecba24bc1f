// Files that the program gzip has compressed, by zlib.
#include <algorithm>

#include <fmt/format.h>
#include <zlib.h>

#include "rondo/formats/detail/file_content.hpp"

namespace rondo::detail {

namespace {

/// inflate() with buffers larger than its counters.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) : rest_(packed) {
    constexpr int largest_window = 15, gzip_header = 16;
    ready_ = inflateInit2(&stream_, largest_window + gzip_header) == Z_OK;
  }

  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  ~Inflater() { inflateEnd(&stream_); }

  /// Fills the buffer as far as there is something. @return Z_OK, Z_STREAM_END or an error
  int fill(char* to, std::size_t size, std::size_t& written) {
    constexpr std::size_t most = 1U << 30U;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream_.avail_in = static_cast<uInt>(std::min(rest_.size(), most));
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min(size, most));
    const uInt in = stream_.avail_in, out = stream_.avail_out;
    const int status = ready_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
    rest_.remove_prefix(in - stream_.avail_in);
    written = out - stream_.avail_out;
    return status;
  }

  /// Several compressed files one after another are one text, as for gzip.
  bool next_member() { return !rest_.empty() && inflateReset(&stream_) == Z_OK; }

 private:
  z_stream stream_{};
  std::string_view rest_;
  bool ready_ = false;
};

}  // namespace

bool gunzip(std::string_view packed, std::size_t most, std::string& text, std::string& problem) {
  Inflater inflater(packed);
  std::size_t size = 0;
  for (;;) {
    if (size == text.size()) {
      if (size == most) {
        problem = fmt::format(
            "is compressed by gzip and unpacks to more than {} bytes from {}: unpack it first if "
            "that is right",
            most,
            packed.size());
        return false;
      }
      text.resize(std::min(most, std::max(2 * size, 4 * packed.size())));
    }
    std::size_t written = 0;
    const int status = inflater.fill(text.data() + size, text.size() - size, written);
    size += written;
    if (status == Z_STREAM_END && !inflater.next_member()) {
      text.resize(size);
      return true;
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      problem = "is compressed by gzip, and damaged";
      return false;
    }
  }
}

}  // namespace rondo::detail
