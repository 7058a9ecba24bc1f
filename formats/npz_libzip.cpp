// .npz files are zip archives of .npy files.
#include <array>
#include <ctime>
#include <memory>
#include <zip.h>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/npy_bytes.hpp"
#include "rondo/formats/npy.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

namespace {

constexpr std::string_view extension = ".npy";

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

/// The bytes of an entry. Its size in the directory is not trusted: memory grows with what is
/// there.
std::vector<std::byte> read_entry(const detail::NpySource& from, zip_t* archive, zip_uint64_t i) {
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive, i, 0));
  std::vector<std::byte> bytes;
  std::array<std::byte, 1U << 16U> block{};
  zip_int64_t read = entry ? 1 : -1;
  while (read > 0) {
    read = zip_fread(entry.get(), block.data(), block.size());
    if (read > 0) {
      bytes.insert(bytes.end(), block.begin(), block.begin() + read);
    }
  }
  if (read < 0) {
    from.fail(fmt::format("entry {} cannot be read: {}",
                          i,
                          entry ? zip_file_strerror(entry.get()) : zip_strerror(archive)));
  }
  return bytes;
}

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

NpzArrays read_npz(const std::filesystem::path& path) {
  const detail::NpySource source{"npz", path.string()};
  const Archive archive = open_archive(source);
  NpzArrays arrays;
  const auto entries = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < entries; ++i) {
    const char* const raw = zip_get_name(archive.get(), i, 0);
    std::string name = raw != nullptr ? raw : "";
    if (!name.ends_with(extension)) {
      source.fail(fmt::format("the entry '{}' is no array", name));
    }
    const auto bytes = read_entry(source, archive.get(), i);
    NpyArray array = detail::parse_npy({"npz", source.name + ": " + name}, bytes);
    name.resize(name.size() - extension.size());
    if (!arrays.emplace(name, std::move(array)).second) {
      source.fail(fmt::format("two arrays are called '{}'", name));
    }
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
