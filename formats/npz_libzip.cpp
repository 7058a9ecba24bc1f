// .npz files are zip archives of .npy files.
#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <zip.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/npy_bytes.hpp"
#include "rondo/formats/npy.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

namespace {

constexpr std::string_view extension = ".npy";
constexpr std::size_t most_arrays_listed = 20;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

using Archive = std::unique_ptr<zip_t, Discard>;

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

using Source = std::unique_ptr<zip_source_t, FreeSource>;

Archive open_archive(const detail::NpySource& from) {
  int code = 0;
  Archive archive(zip_open(from.name.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    from.fail("cannot be read: " + text);
  }
  return archive;
}

/// The bytes of an entry, of which a file can claim any number: what its directory and the header
/// of the array say is checked before there is memory for it.
class EntryReader {
 public:
  EntryReader(const detail::NpySource& from, zip_t* archive, zip_uint64_t index)
      : from_(from), entry_(zip_fopen_index(archive, index, 0)) {
    zip_stat_init(&stat_);
    if (!entry_ || zip_stat_index(archive, index, 0, &stat_) != 0) {
      from.fail(std::string("cannot be read: ") + zip_strerror(archive));
    }
  }

  std::vector<std::byte> read(std::size_t most_bytes) {
    std::vector<std::byte> bytes(1U << 16U);
    std::size_t size = fill(bytes, 0);
    const detail::NpyExtent extent = detail::extent_of(from_, std::span(bytes).first(size));
    check(extent, most_bytes);
    bytes.resize(extent.header + extent.values + 1);
    size = size < bytes.size() ? fill(bytes, size) : bytes.size();
    if (size == bytes.size()) {
      from_.fail(fmt::format("goes on behind its {} bytes of values", extent.values));
    }
    bytes.resize(size);
    return bytes;
  }

 private:
  std::size_t fill(std::vector<std::byte>& bytes, std::size_t size) {
    while (size < bytes.size()) {
      const zip_int64_t got = zip_fread(entry_.get(), bytes.data() + size, bytes.size() - size);
      if (got < 0) {
        from_.fail(std::string("cannot be read: ") + zip_file_strerror(entry_.get()));
      }
      if (got == 0) {
        break;
      }
      size += static_cast<std::size_t>(got);
    }
    return size;
  }

  void check(const detail::NpyExtent& extent, std::size_t most_bytes) const {
    constexpr std::size_t most_per_byte = 1032, always = 1024;  // what deflate can do
    if (extent.values > most_bytes) {
      from_.fail(
          fmt::format("would hold {} bytes of values, the limit is {}", extent.values, most_bytes));
    }
    const bool known = (stat_.valid & (ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)) ==
                       (ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD);
    if (!known || (stat_.comp_method != ZIP_CM_STORE && stat_.comp_method != ZIP_CM_DEFLATE)) {
      from_.fail("is neither stored nor deflated");
    }
    if (extent.values / most_per_byte > stat_.comp_size + always) {
      from_.fail(fmt::format(
          "would hold {} bytes of values, which its {} cannot", extent.values, stat_.comp_size));
    }
  }

  const detail::NpySource& from_;
  std::unique_ptr<zip_file_t, CloseEntry> entry_;
  zip_stat_t stat_;
};

/// An archive in memory that is being written.
class Writer {
 public:
  explicit Writer(const detail::NpySource& to) : to_(to) {
    zip_error_t error;
    zip_error_init(&error);
    memory_.reset(zip_source_buffer_create(nullptr, 0, 0, &error));
    if (memory_) {
      zip_source_keep(memory_.get());  // the archive owns one reference, this object the other
      archive_.reset(zip_open_from_source(memory_.get(), ZIP_TRUNCATE, &error));
    }
    zip_error_fini(&error);
    check(archive_ != nullptr);
  }

  /// @param bytes  must live until `finish`
  void add(const std::string& name, const std::string& bytes, bool compressed) {
    Source source(zip_source_buffer(archive_.get(), bytes.data(), bytes.size(), 0));
    check(source != nullptr);
    const zip_int64_t index =
        zip_file_add(archive_.get(), name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    check(index >= 0);
    static_cast<void>(source.release());  // the archive's now
    const auto entry = static_cast<zip_uint64_t>(index);
    constexpr std::time_t no_date = 315619200;  // the same arrays give the same bytes
    check(zip_set_file_compression(
              archive_.get(), entry, compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0);
    check(zip_file_set_mtime(archive_.get(), entry, no_date, 0) == 0);
  }

  std::vector<std::byte> finish() {
    check(zip_close(archive_.get()) == 0);
    static_cast<void>(archive_.release());
    zip_stat_t stat;
    zip_stat_init(&stat);
    check(zip_source_stat(memory_.get(), &stat) == 0 && zip_source_open(memory_.get()) == 0);
    std::vector<std::byte> bytes(stat.size);
    const zip_int64_t read = zip_source_read(memory_.get(), bytes.data(), bytes.size());
    zip_source_close(memory_.get());
    check(read == static_cast<zip_int64_t>(bytes.size()));
    return bytes;
  }

 private:
  void check(bool succeeded) const {
    if (!succeeded) {
      to_.fail(std::string("cannot be written: ") +
               (archive_ ? zip_strerror(archive_.get()) : "no memory"));
    }
  }

  const detail::NpySource& to_;
  Source memory_;
  Archive archive_;
};

}  // namespace

bool npz_available() {
  return true;
}

NpzFile NpzFile::open(const std::filesystem::path& path) {
  const detail::NpySource source{"npz", path.string()};
  Archive archive = open_archive(source);
  std::map<std::string, zip_uint64_t> found;
  const auto entries = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < entries; ++i) {
    const char* const raw = zip_get_name(archive.get(), i, 0);
    std::string name = raw != nullptr ? raw : "";
    if (!name.ends_with(extension)) {
      continue;
    }
    name.resize(name.size() - extension.size());
    if (!found.emplace(name, i).second) {
      source.fail(fmt::format("two arrays are called {}", in_quotes(name)));
    }
  }
  NpzFile file;
  file.path_ = source.name;
  file.archive_ = std::shared_ptr<zip_t>(archive.release(), Discard());
  for (const auto& [name, entry] : found) {
    file.names_.push_back(name);
    file.entries_.push_back(entry);
  }
  return file;
}

NpyArray NpzFile::read(const std::string& name, std::size_t most_bytes) {
  const auto found = std::lower_bound(names_.begin(), names_.end(), name);
  if (found == names_.end() || *found != name) {
    throw_format_error("npz",
                       path_ + ": " + unknown_name("array", name, names_, most_arrays_listed));
  }
  const detail::NpySource source{"npz", path_ + ": " + name + std::string(extension)};
  auto* const archive = static_cast<zip_t*>(archive_.get());
  const auto index = entries_[static_cast<std::size_t>(found - names_.begin())];
  return detail::parse_npy(source, EntryReader(source, archive, index).read(most_bytes));
}

NpzArrays read_npz(const std::filesystem::path& path, std::size_t most_bytes) {
  NpzFile file = NpzFile::open(path);
  NpzArrays arrays;
  for (const std::string& name : file.names()) {
    const NpyArray& array = arrays.emplace(name, file.read(name, most_bytes)).first->second;
    most_bytes -= array.bytes().size();
  }
  return arrays;
}

void write_npz(const std::filesystem::path& path,
               const NpzArrays& arrays,
               const NpzOptions& options) {
  const detail::NpySource source{"npz", path.string()};
  Writer writer(source);
  std::map<std::string, std::string> entries;
  for (const auto& [name, array] : arrays) {
    std::string& bytes = entries[name + std::string(extension)];
    bytes = detail::npy_header(array.type(), array.shape());
    bytes.append(reinterpret_cast<const char*>(array.bytes().data()), array.bytes().size());
  }
  for (const auto& [name, bytes] : entries) {
    writer.add(name, bytes, options.compressed);
  }
  const std::vector<std::byte> file = writer.finish();
  const std::array<std::span<const std::byte>, 1> parts{file};
  replace_file("npz", path, parts);
}

}  // namespace rondo
