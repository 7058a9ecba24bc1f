// Stands for hdf5_read.cpp and hdf5_write.cpp where there is no HDF5.
#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/interop/detail/hdf5_file.hpp"
#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

namespace {

constexpr const char* packages = "HDF5 (Debian libhdf5-dev, Fedora hdf5-devel, Arch hdf5)";

}  // namespace

HdfReader::HdfReader(const FilePart& file, std::string_view) : file_(file), size_(0) {
  refuse_missing(file.format, file.path, packages);
}

bool HdfReader::has_dataset(std::string_view) const {
  return false;
}

bool HdfReader::has_group(std::string_view) const {
  return false;
}

std::optional<std::string> HdfReader::text(const std::string&, const char*) const {
  return std::nullopt;
}

std::optional<std::vector<std::string>> HdfReader::texts(const std::string&,
                                                         const std::string&) const {
  return std::nullopt;
}

StoredWeight HdfReader::read(const std::string&) const {
  return {};
}

HdfWriter::HdfWriter() {
  throw_state_error(
      "keras",
      fmt::format("this build has no files of Keras: install {} and build rondo again", packages));
}

void HdfWriter::group(const std::string&) {}

void HdfWriter::text(const std::string&, const char*, const std::string&) {}

void HdfWriter::texts(const std::string&, const std::string&, std::span<const std::string>) {}

void HdfWriter::dataset(const std::string&, const StoredWeight&) {}

void HdfWriter::integer(const std::string&, std::int64_t) {}

std::vector<std::byte> HdfWriter::finish() {
  return {};
}

}  // namespace rondo::detail
