#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/interop/detail/hdf5_file.hpp"
#include "rondo/interop/detail/hdf5_handle.hpp"

namespace rondo::detail {

struct HdfWriter::Open {
  HdfLock lock;
  HdfHandle file;
  HdfHandle links;  // make the groups above
};

namespace {

/// What HDF5 can refuse here is memory.
void check(bool succeeded) {
  if (!succeeded) {
    throw_format_error("hdf5", "cannot be written: no memory for the HDF5 file");
  }
}

void write_attribute(hid_t file,
                     const std::string& object,
                     const char* name,
                     hid_t type,
                     hid_t space,
                     const void* data) {
  const HdfHandle attribute(H5Acreate_by_name(file,
                                              object.empty() ? "/" : object.c_str(),
                                              name,
                                              type,
                                              space,
                                              H5P_DEFAULT,
                                              H5P_DEFAULT,
                                              H5P_DEFAULT),
                            H5Aclose);
  check(static_cast<bool>(attribute) &&
        (data == nullptr || H5Awrite(attribute.id(), type, data) >= 0));
}

/// Texts of one width, padded with zeros, as h5py writes a list of bytes.
void write_texts(hid_t file,
                 const std::string& object,
                 const char* name,
                 std::span<const std::string> list) {
  const hsize_t count = list.size();
  const HdfHandle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  if (list.empty()) {
    write_attribute(file, object, name, H5T_IEEE_F64LE, space.id(), nullptr);
    return;
  }
  std::size_t width = 1;
  for (const std::string& text : list) {
    width = std::max(width, text.size());
  }
  std::string bytes(width * list.size(), '\0');
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::copy(
        list[i].begin(), list[i].end(), bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  const HdfHandle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), width);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  write_attribute(file, object, name, type.id(), space.id(), bytes.data());
}

void write_dataset(hid_t file,
                   hid_t links,
                   const std::string& path,
                   const Shape& shape,
                   hid_t stored,
                   hid_t memory,
                   const void* data) {
  std::vector<hsize_t> dims(shape.begin(), shape.end());
  const HdfHandle space(dims.empty()
                            ? H5Screate(H5S_SCALAR)
                            : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr),
                        H5Sclose);
  const HdfHandle dataset(
      H5Dcreate2(file, path.c_str(), stored, space.id(), links, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose);
  check(static_cast<bool>(dataset) &&
        H5Dwrite(dataset.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
}

}  // namespace

HdfWriter::HdfWriter() : open_(std::make_shared<Open>()) {
  const HdfHandle access = access_in_memory();
  open_->file = HdfHandle(H5Fcreate("rondo", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
  open_->links = HdfHandle(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(open_->links.id(), 1);
  check(static_cast<bool>(open_->file));
}

void HdfWriter::group(const std::string& path) {
  const hid_t file = open_->file.id();
  std::size_t end = 0;
  do {  // one by one, since one that exists is no error
    end = path.find('/', end + 1);
    const std::string upper = path.substr(0, end);
    if (H5Lexists(file, upper.c_str(), H5P_DEFAULT) <= 0) {
      const HdfHandle made(
          H5Gcreate2(file, upper.c_str(), open_->links.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
      check(static_cast<bool>(made));
    }
  } while (end != path.npos);
}

void HdfWriter::text(const std::string& object, const char* name, const std::string& value) {
  const HdfHandle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  const HdfHandle space(H5Screate(H5S_SCALAR), H5Sclose);
  const char* const data = value.c_str();
  write_attribute(
      open_->file.id(), object, name, type.id(), space.id(), static_cast<const void*>(&data));
}

void HdfWriter::texts(const std::string& object,
                      const std::string& name,
                      std::span<const std::string> list) {
  constexpr std::size_t most_bytes = 64'512;  // of an attribute
  std::size_t width = 1;
  for (const std::string& text : list) {
    width = std::max(width, text.size());
  }
  const std::size_t piece = std::max<std::size_t>(1, most_bytes / width);
  if (list.size() <= piece) {
    write_texts(open_->file.id(), object, name.c_str(), list);
    return;
  }
  for (std::size_t i = 0; i * piece < list.size(); ++i) {
    const auto part = list.subspan(i * piece, std::min(piece, list.size() - i * piece));
    write_texts(open_->file.id(), object, fmt::format("{}{}", name, i).c_str(), part);
  }
}

void HdfWriter::dataset(const std::string& path, const StoredWeight& weight) {
  const bool wide = weight.type == StoredType::float64;
  const Tensor<double> doubles = wide ? weight.values<double>() : Tensor<double>();
  const Tensor<float> floats = wide ? Tensor<float>() : weight.values<float>();
  write_dataset(open_->file.id(),
                open_->links.id(),
                path,
                weight.shape,
                wide ? H5T_IEEE_F64LE : H5T_IEEE_F32LE,
                wide ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT,
                wide ? static_cast<const void*>(doubles.data()) : floats.data());
}

void HdfWriter::integer(const std::string& path, std::int64_t value) {
  write_dataset(
      open_->file.id(), open_->links.id(), path, Shape{}, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

std::vector<std::byte> HdfWriter::finish() {
  const hid_t file = open_->file.id();
  check(H5Fflush(file, H5F_SCOPE_LOCAL) >= 0);
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  check(size > 0);
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  check(H5Fget_file_image(file, bytes.data(), bytes.size()) == size);
  return bytes;
}

}  // namespace rondo::detail
