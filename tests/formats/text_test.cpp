#include "rondo/formats/text.hpp"

#include <fstream>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace text_test {

using namespace rondo;

namespace {

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_text)

BOOST_AUTO_TEST_CASE(a_text_comes_back) {
  const test::TempFolder folder;
  const std::string text = "Zürich\r\n\ntake €5\n";
  write_text(folder / "a.txt", text);
  BOOST_TEST(read_text(folder / "a.txt") == text);
  write_text(folder / "a.txt", "");
  BOOST_TEST(read_text(folder / "a.txt") == "");
}

BOOST_AUTO_TEST_CASE(a_mark_at_the_begin_is_no_text) {
  const test::TempFolder folder;
  write_bytes(folder / "a.txt", "\xEF\xBB\xBFtext");
  BOOST_TEST(read_text(folder / "a.txt") == "text");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_refused_with_their_place) {
  const test::TempFolder folder;
  const auto refuses = [&](const std::string& bytes, const std::string& place) {
    write_bytes(folder / "a.txt", bytes);
    RONDO_CHECK_THROWS(
        static_cast<void>(read_text(folder / "a.txt")),
        FormatError,
        "[text] " + (folder / "a.txt").string() + place +
            ", is not UTF-8: if the file is ISO-8859-1, convert it with iconv -f ISO-8859-1 -t "
            "UTF-8");
  };
  refuses("\xFF", ":1: byte 1 of the line, 0xff");
  refuses(
      "ab\nc\xE9"
      "d",
      ":2: byte 2 of the line, 0xe9");
  refuses("a\n\n\x80", ":3: byte 1 of the line, 0x80");
  RONDO_CHECK_THROWS(write_text(folder / "b.txt", "a\xFF"),
                     ArgumentError,
                     "[text] byte 1 of the text is not UTF-8");
  BOOST_TEST(!std::filesystem::exists(folder / "b.txt"));
}

BOOST_AUTO_TEST_CASE(other_encodings_and_kinds_are_named) {
  const test::TempFolder folder;
  const auto refuses = [&](const std::string& bytes, const std::string& problem) {
    write_bytes(folder / "a.txt", bytes);
    RONDO_CHECK_THROWS(static_cast<void>(read_text(folder / "a.txt")),
                       FormatError,
                       "[text] " + (folder / "a.txt").string() + ": " + problem);
  };
  refuses(std::string("\xFF\xFEh\0i\0", 6),
          "is UTF-16, expected UTF-8: convert it with iconv -f UTF-16 -t UTF-8");
  refuses(std::string("\xFF\xFE\0\0h\0\0\0", 8),
          "is UTF-32, expected UTF-8: convert it with iconv -f UTF-32 -t UTF-8");
  refuses(
      "PK\3\4rest",
      "is a zip archive, as spreadsheets are, expected a text: save the sheet as CSV, or unpack "
      "the archive");
  refuses("BZh9", "is compressed by bzip2, expected a text: unpack it first");
  refuses("\x1F\x8B\x08 cut", "is compressed by gzip, and damaged");
}

/// Made by gzip -9: "hi\n"; then two such files one after another.
BOOST_AUTO_TEST_CASE(a_text_compressed_by_gzip_is_unpacked) {
  const test::TempFolder folder;
  const std::string hi(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xc8\xe4\x02\x00\x7a\x7a\x6f\xed\x03\x00\x00"
      "\x00",
      23);
  write_bytes(folder / "a.txt.gz", hi);
  BOOST_TEST(read_text(folder / "a.txt.gz") == "hi\n");
  write_bytes(folder / "a.txt.gz", hi + hi);
  BOOST_TEST(read_text(folder / "a.txt.gz") == "hi\nhi\n");
}

/// 30 MB of zeros in 30 kB (golden/text/make.py).
BOOST_AUTO_TEST_CASE(a_small_file_that_unpacks_to_a_huge_one_is_refused) {
  const std::string path = "tests/golden/text/bomb.gz";
  const auto size = std::filesystem::file_size(path);
  RONDO_CHECK_THROWS(static_cast<void>(read_text(path)),
                     FormatError,
                     "[text] " + path + ": is compressed by gzip and unpacks to more than " +
                         std::to_string(200 * size + 1048576) + " bytes from " +
                         std::to_string(size) + ": unpack it first if that is right");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  const test::TempFolder folder;
  RONDO_CHECK_THROWS(static_cast<void>(read_text(folder.path())),
                     FormatError,
                     "[text] " + folder.path().string() + ": is a folder");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_text(folder / "no")),
      FormatError,
      "[text] " + (folder / "no").string() + ": cannot be read: No such file or directory");
  RONDO_CHECK_THROWS(static_cast<void>(read_text("/dev/zero")),
                     FormatError,
                     "[text] /dev/zero: is a device, no file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace text_test
