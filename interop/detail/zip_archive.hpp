/// Zip archives in memory; `zip_none` stands in where there is no libzip. For the sources of this
/// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rondo::detail {

struct ZipMember {
  std::string name;
  std::uint64_t size = 0;         // unpacked
  std::uint64_t packed_size = 0;  // in the archive
};

class ZipArchive {
 public:
  /// Reads the list of members. Refused are archives that are damaged, and members that are
  /// encrypted, of one name, or called with `..`, a `\` or a leading `/`.
  /// @param format   who reads, and
  /// @param path     what, for the text of errors
  /// @param content  must outlive the archive
  /// @throws FormatError; StateError where there is no libzip
  ZipArchive(std::string_view format, const std::filesystem::path& path, std::string_view content);

  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }

  /// Nothing if there is no such member.
  [[nodiscard]] const ZipMember* find(std::string_view name) const;

  /// Unpacked, its checksum compared.
  /// @param most_per_byte  how many bytes may come from each byte of the archive
  /// @throws FormatError if there is none, it is damaged or larger than announced
  [[nodiscard]] std::vector<std::byte> read(std::string_view name,
                                            std::uint64_t most_per_byte = 10) const;

 private:
  [[noreturn]] void fail(std::string_view problem) const;

  std::string format_;
  std::filesystem::path path_;
  std::size_t size_ = 0;
  std::shared_ptr<void> archive_;
  std::vector<ZipMember> members_;
};

struct NewZipMember {
  std::string name;
  std::span<const std::byte> bytes;
};

/// All members stored and not packed, without dates: the same members give the same bytes.
/// @throws FormatError if the file cannot be written; an old one is then whole
void write_zip(std::string_view format,
               const std::filesystem::path& path,
               std::span<const NewZipMember> members);

/// Whether a file begins as a zip archive does.
[[nodiscard]] inline bool is_zip(std::string_view content) {
  return content.starts_with("PK\3\4") || content.starts_with("PK\5\6");
}

}  // namespace rondo::detail
