#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <zip.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/interop/detail/model_format.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo::detail {

namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

using Source = std::unique_ptr<zip_source_t, FreeSource>;

/// libzip's description of an error, which it owns.
class ZipProblem {
 public:
  ZipProblem() { zip_error_init(&error_); }

  ZipProblem(const ZipProblem&) = delete;
  ZipProblem& operator=(const ZipProblem&) = delete;

  ~ZipProblem() { zip_error_fini(&error_); }

  [[nodiscard]] zip_error_t* get() { return &error_; }

  [[nodiscard]] std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_{};
};

/// What is wrong with a name that could lead out of the archive; empty: nothing.
std::string problem_of_name(std::string_view name) {
  const bool leads_out = name.starts_with('/') || name == ".." || name.starts_with("../") ||
                         name.find("/../") != name.npos || name.ends_with("/..") ||
                         name.find('\\') != name.npos;
  return leads_out ? fmt::format("member {} would lie outside the archive", in_quotes(name)) : "";
}

std::vector<std::byte> bytes_of(zip_source_t* source, const std::string& problem, bool& good) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  std::vector<std::byte> bytes;
  good = problem.empty() && zip_source_stat(source, &stat) == 0 && zip_source_open(source) == 0;
  if (good) {
    bytes.resize(stat.size);
    good = zip_source_read(source, bytes.data(), bytes.size()) ==
           static_cast<zip_int64_t>(bytes.size());
    zip_source_close(source);
  }
  return bytes;
}

}  // namespace

ZipArchive::ZipArchive(std::string_view format,
                       const std::filesystem::path& path,
                       std::string_view content)
    : format_(format), path_(path), size_(content.size()) {
  ZipProblem problem;
  Source source(zip_source_buffer_create(content.data(), content.size(), 0, problem.get()));
  // Without ZIP_CHECKCONS: torch.save writes local headers that newer versions of libzip refuse then.
  // Checksums of members are compared in any case.
  zip_t* const archive =
      source ? zip_open_from_source(source.get(), ZIP_RDONLY, problem.get()) : nullptr;
  if (archive == nullptr) {
    fail(fmt::format("is no complete zip archive: {}", problem.text()));
  }
  static_cast<void>(source.release());  // the archive owns it now
  archive_ = std::shared_ptr<zip_t>(archive, Discard());
  std::set<std::string_view> names;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    constexpr zip_uint64_t needed =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip_stat_index(archive, i, 0, &stat) != 0 || (stat.valid & needed) != needed) {
      fail(fmt::format("the list of members is damaged at member {}", i));
    }
    if (stat.encryption_method != ZIP_EM_NONE) {
      fail(fmt::format("member {} is encrypted", in_quotes(stat.name)));
    }
    if (const std::string wrong = problem_of_name(stat.name); !wrong.empty()) {
      fail(wrong);
    }
    members_.push_back({stat.name, stat.size, stat.comp_size});
  }
  for (const ZipMember& member : members_) {
    if (!names.insert(member.name).second) {
      fail(fmt::format("two members are called {}", in_quotes(member.name)));
    }
  }
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto found = std::find_if(
      members_.begin(), members_.end(), [&](const ZipMember& m) { return m.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

std::vector<std::byte> ZipArchive::read(std::string_view name, std::uint64_t most_per_byte) const {
  const ZipMember* const member = find(name);
  if (member == nullptr) {
    fail(fmt::format("has no member {}", in_quotes(name)));
  }
  constexpr std::uint64_t always = 1U << 16U;
  if (member->size > most_per_byte * size_ + always) {
    fail(fmt::format("member {} would have {} bytes, more than an archive of {} bytes may hold",
                     in_quotes(name),
                     member->size,
                     size_));
  }
  auto* const archive = static_cast<zip_t*>(archive_.get());
  const auto index = static_cast<zip_uint64_t>(member - members_.data());
  const std::unique_ptr<zip_file_t, CloseMember> file(zip_fopen_index(archive, index, 0));
  if (!file) {
    fail(fmt::format("member {} cannot be read: {}", in_quotes(name), zip_strerror(archive)));
  }
  std::vector<std::byte> bytes(member->size);
  std::byte beyond{};
  const zip_int64_t got = bytes.empty() ? 0 : zip_fread(file.get(), bytes.data(), bytes.size());
  // The checksum is compared where the end is read.
  const zip_int64_t behind = got < 0 ? got : zip_fread(file.get(), &beyond, 1);
  if (got != static_cast<zip_int64_t>(bytes.size()) || behind != 0) {
    fail(fmt::format("member {} is damaged: {}", in_quotes(name), zip_file_strerror(file.get())));
  }
  return bytes;
}

void ZipArchive::fail(std::string_view problem) const {
  refuse_file(format_, path_, problem);
}

void write_zip(std::string_view format,
               const std::filesystem::path& path,
               std::span<const NewZipMember> members) {
  ZipProblem problem;
  const Source memory(zip_source_buffer_create(nullptr, 0, 0, problem.get()));
  std::unique_ptr<zip_t, Discard> archive;
  if (memory) {
    zip_source_keep(memory.get());  // the archive owns one reference, `memory` the other
    archive.reset(zip_open_from_source(memory.get(), ZIP_TRUNCATE, problem.get()));
  }
  bool good = archive != nullptr;
  for (const NewZipMember& member : members) {
    zip_source_t* const source =
        good ? zip_source_buffer(archive.get(), member.bytes.data(), member.bytes.size(), 0)
             : nullptr;
    const zip_int64_t index =
        source != nullptr
            ? zip_file_add(archive.get(), member.name.c_str(), source, ZIP_FL_ENC_UTF_8)
            : -1;
    if (source != nullptr && index < 0) {
      zip_source_free(source);
    }
    const auto at = static_cast<zip_uint64_t>(index);
    constexpr time_t no_date = 315619200;  // 1980-01-02: in 1980 in every time zone
    good = index >= 0 && zip_set_file_compression(archive.get(), at, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_mtime(archive.get(), at, no_date, 0) == 0;
  }
  if (good && zip_close(archive.get()) == 0) {
    static_cast<void>(archive.release());
  } else {
    good = false;
  }
  const std::vector<std::byte> file = bytes_of(memory.get(), good ? "" : "no archive", good);
  if (!good) {
    refuse_file(format, path, "cannot be written: no memory for the zip archive");
  }
  const std::array<std::span<const std::byte>, 1> parts{file};
  replace_file(format, path, parts);
}

}  // namespace rondo::detail
