#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/hdf5_file.hpp"
#include "rondo/interop/detail/hdf5_handle.hpp"
#include "rondo/interop/detail/hdf5_heaps.hpp"

namespace rondo::detail {

struct HdfReader::Open {
  HdfLock lock;
  HdfHandle file;
};

namespace {

constexpr std::size_t most_objects = 200'000;
constexpr std::size_t deepest = 64;
/// Of numbers that are packed, a file may hold this many times its size.
constexpr std::size_t most_per_byte = 10;
constexpr std::size_t always = 1U << 16U;

/// Lists groups and datasets below a group.
class Lister {
 public:
  Lister(const FilePart& file, std::vector<std::string>& groups, std::vector<std::string>& datasets)
      : file_(file), groups_(groups), datasets_(datasets) {}

  void list(hid_t group, const std::string& path, std::size_t depth) {
    if (depth > deepest || groups_.size() + datasets_.size() > most_objects) {
      file_.fail(fmt::format("{} has more levels or more objects than are read", in_quotes(path)));
    }
    for (const std::string& name : names_in(group, path)) {
      const std::string inner = path.empty() ? name : path + '/' + name;
      const HdfHandle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
      const H5I_type_t type = object ? H5Iget_type(object.id()) : H5I_BADID;
      if (type == H5I_GROUP) {
        groups_.push_back(inner);
        list(object.id(), inner, depth + 1);
      } else if (type == H5I_DATASET) {
        datasets_.push_back(inner);
      } else {
        file_.fail(fmt::format("{} is neither a group nor a dataset", in_quotes(inner)));
      }
    }
  }

 private:
  struct Names {
    std::vector<std::string> all;
    std::string not_plain;
  };

  static herr_t visit(hid_t, const char* name, const H5L_info_t* info, void* data) {
    auto& names = *static_cast<Names*>(data);
    if (info->type != H5L_TYPE_HARD) {
      names.not_plain = name;
      return 1;
    }
    names.all.emplace_back(name);
    return names.all.size() > most_objects ? -1 : 0;
  }

  std::vector<std::string> names_in(hid_t group, const std::string& path) const {
    Names names;
    const herr_t result = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names);
    if (!names.not_plain.empty()) {
      file_.fail(fmt::format("{} is a soft or external link, which is never followed",
                             in_quotes(path + '/' + names.not_plain)));
    }
    if (result < 0) {
      file_.fail(fmt::format("the group {} is damaged", in_quotes(path)));
    }
    return names.all;
  }

  const FilePart& file_;
  std::vector<std::string>& groups_;
  std::vector<std::string>& datasets_;
};

/// The texts of an open attribute; nothing if it has others.
std::optional<std::vector<std::string>> read_texts(hid_t attribute, std::size_t most_bytes) {
  const HdfHandle type(H5Aget_type(attribute), H5Tclose);
  const HdfHandle space(H5Aget_space(attribute), H5Sclose);
  const hssize_t count = space ? H5Sget_simple_extent_npoints(space.id()) : -1;
  if (!type || count < 0) {
    return std::nullopt;
  }
  if (count == 0) {  // h5py writes an empty list as one of numbers
    return std::vector<std::string>();
  }
  if (H5Tget_class(type.id()) != H5T_STRING) {
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(count);
  std::vector<std::string> result;
  if (H5Tis_variable_str(type.id()) > 0) {
    if (size > most_bytes / sizeof(char*)) {
      return std::nullopt;
    }
    const HdfHandle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.id(), H5T_VARIABLE);
    H5Tset_cset(memory.id(), H5Tget_cset(type.id()));
    std::vector<char*> texts(size, nullptr);
    if (H5Aread(attribute, memory.id(), texts.data()) < 0) {
      return std::nullopt;
    }
    for (const char* const text : texts) {
      result.emplace_back(text == nullptr ? "" : text);
    }
    H5Dvlen_reclaim(memory.id(), space.id(), H5P_DEFAULT, texts.data());
    return result;
  }
  const std::size_t width = H5Tget_size(type.id());
  if (width == 0 || size > most_bytes / width) {
    return std::nullopt;
  }
  std::string bytes(width * size, '\0');
  if (H5Aread(attribute, type.id(), bytes.data()) < 0) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const std::string_view text(bytes.data() + i * width, width);
    result.emplace_back(text.substr(0, text.find('\0')));
  }
  return result;
}

/// How the numbers of a dataset lie in the file; a problem if they are not read.
std::string problem_of_layout(hid_t dataset) {
  const HdfHandle creation(H5Dget_create_plist(dataset), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT && layout != H5D_CHUNKED) {
    return "is a virtual dataset, which is never followed";
  }
  if (H5Pget_external_count(creation.id()) != 0) {
    return "lies in an external file, which is never opened";
  }
  const int filters = layout == H5D_CHUNKED ? H5Pget_nfilters(creation.id()) : 0;
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, setup = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(
        creation.id(), static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &setup);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32) {
      return fmt::format("is packed by filter {}, only deflate is read", filter);
    }
  }
  return {};
}

struct ElementType {
  StoredType stored;
  hid_t memory;
};

/// What a dataset's numbers are read as.
std::optional<ElementType> element_type(hid_t dataset, hid_t type, bool scalar) {
  const std::size_t size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return size <= 4 ? ElementType{StoredType::float32, H5T_NATIVE_FLOAT}
                       : ElementType{StoredType::float64, H5T_NATIVE_DOUBLE};
    case H5T_INTEGER:
      return scalar ? std::optional(ElementType{StoredType::float64, H5T_NATIVE_DOUBLE})
                    : std::nullopt;
    case H5T_OPAQUE: {
      const HdfHandle attribute(H5Aopen(dataset, "dtype", H5P_DEFAULT), H5Aclose);
      const auto name = attribute ? read_texts(attribute.id(), always) : std::nullopt;
      const bool brain = size == 2 && name && name->size() == 1 && name->front() == "bfloat16";
      return brain ? std::optional(ElementType{StoredType::bfloat16, type}) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

HdfReader::HdfReader(const FilePart& file, std::string_view content)
    : file_(file), size_(content.size()), open_(std::make_shared<Open>()) {
  if (!heaps_are_sound(content)) {
    file_.fail("is damaged: a text lies outside of its heap");
  }
  const HdfHandle access = access_in_memory();
  // HDF5 copies the image, and does not change what it is given.
  H5Pset_file_image(access.id(), const_cast<char*>(content.data()), content.size());
  open_->file = HdfHandle(H5Fopen("rondo", H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!open_->file) {
    file_.fail("is no complete HDF5 file");
  }
  Lister(file_, groups_, datasets_).list(open_->file.id(), {}, 0);
  std::sort(groups_.begin(), groups_.end());
  std::sort(datasets_.begin(), datasets_.end());
}

bool HdfReader::has_dataset(std::string_view path) const {
  return std::binary_search(datasets_.begin(), datasets_.end(), path);
}

bool HdfReader::has_group(std::string_view path) const {
  return std::binary_search(groups_.begin(), groups_.end(), path);
}

std::optional<std::vector<std::string>> HdfReader::texts(const std::string& object,
                                                         const std::string& name) const {
  const std::string path = object.empty() ? "/" : object;
  const auto read = [&](const std::string& key) -> std::optional<std::vector<std::string>> {
    if (H5Aexists_by_name(open_->file.id(), path.c_str(), key.c_str(), H5P_DEFAULT) <= 0) {
      return std::nullopt;
    }
    const HdfHandle attribute(
        H5Aopen_by_name(open_->file.id(), path.c_str(), key.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    auto list = attribute ? read_texts(attribute.id(), most_per_byte * size_) : std::nullopt;
    if (!list) {
      file_.fail(
          fmt::format("attribute {} of {} is no list of texts", in_quotes(key), in_quotes(path)));
    }
    return list;
  };
  auto result = read(name);
  for (std::size_t i = 0; !result || i > 0; ++i) {
    const auto piece = read(fmt::format("{}{}", name, i));
    if (!piece) {
      break;
    }
    if (!result) {
      result.emplace();
    }
    result->insert(result->end(), piece->begin(), piece->end());
  }
  return result;
}

std::optional<std::string> HdfReader::text(const std::string& object, const char* name) const {
  const auto list = texts(object, name);
  return list && list->size() == 1 ? std::optional(list->front()) : std::nullopt;
}

namespace {

/// In floating point: a file may claim more than integers hold.
double product(std::span<const hsize_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), 1.0, [](double all, hsize_t size) {
    return all * static_cast<double>(size);
  });
}

}  // namespace

StoredWeight HdfReader::read(const std::string& path) const {
  const auto fail = [&](std::string_view problem) {
    file_.fail(in_quotes(path) + ' ' + std::string(problem));
  };
  const HdfHandle dataset(H5Dopen2(open_->file.id(), path.c_str(), H5P_DEFAULT), H5Dclose);
  const HdfHandle type(dataset ? H5Dget_type(dataset.id()) : -1, H5Tclose);
  const HdfHandle space(dataset ? H5Dget_space(dataset.id()) : -1, H5Sclose);
  if (!dataset || !type || !space) {
    fail("is damaged");
  }
  if (const std::string problem = problem_of_layout(dataset.id()); !problem.empty()) {
    fail(problem);
  }
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > static_cast<int>(Shape::max_rank)) {
    fail(fmt::format("has {} axes, at most {} are read", rank, Shape::max_rank));
  }
  std::array<hsize_t, Shape::max_rank> dims{};
  H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr);
  StoredWeight weight{.name = path};
  const double elements = product(std::span(dims).first(static_cast<std::size_t>(rank)));
  const auto element = element_type(dataset.id(), type.id(), elements == 1.0);
  if (!element) {
    fail("does not hold floating numbers");
  }
  const double bytes = elements * static_cast<double>(H5Tget_size(type.id()));
  const auto stored = static_cast<double>(H5Dget_storage_size(dataset.id()));
  const double most = static_cast<double>(most_per_byte * size_ + always);
  const HdfHandle creation(H5Dget_create_plist(dataset.id()), H5Pclose);
  const bool fits = H5Pget_layout(creation.id()) == H5D_CHUNKED
                        ? bytes <= most
                        : bytes == stored && bytes <= static_cast<double>(size_);
  if (!fits) {
    fail(fmt::format("has the shape ({}), the file stores {} bytes of it",
                     fmt::join(dims.begin(), dims.begin() + rank, ", "),
                     stored));
  }
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(rank); ++axis) {
    weight.shape.append(dims[axis]);
  }
  weight.type = element->stored;
  weight.bytes.resize(weight.shape.size() * size_of(weight.type));
  if (!weight.bytes.empty() &&
      H5Dread(dataset.id(), element->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, weight.bytes.data()) <
          0) {
    fail("is damaged: its numbers cannot be read");
  }
  return weight;
}

}  // namespace rondo::detail
