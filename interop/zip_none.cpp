// Stands for zip_libzip.cpp where there is no libzip.
#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo::detail {

namespace {

constexpr const char* packages = "libzip (Debian libzip-dev, Fedora libzip-devel, Arch libzip)";

}  // namespace

ZipArchive::ZipArchive(std::string_view format,
                       const std::filesystem::path& path,
                       std::string_view) {
  refuse_missing(format, path, packages);
}

const ZipMember* ZipArchive::find(std::string_view) const {
  return nullptr;
}

std::vector<std::byte> ZipArchive::read(std::string_view, std::uint64_t) const {
  return {};
}

void write_zip(std::string_view format,
               const std::filesystem::path& path,
               std::span<const NewZipMember>) {
  refuse_missing(format, path, packages);
}

}  // namespace rondo::detail
