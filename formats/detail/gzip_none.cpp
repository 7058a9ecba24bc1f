// Stands for gzip_zlib.cpp where there is no zlib.
#include "rondo/formats/detail/file_content.hpp"

namespace rondo::detail {

bool gunzip(std::string_view, std::size_t, std::string&, std::string& problem) {
  problem =
      "is compressed by gzip, which this build does not read: zlib was not found (Debian's package "
      "zlib1g-dev): unpack it first";
  return false;
}

}  // namespace rondo::detail
