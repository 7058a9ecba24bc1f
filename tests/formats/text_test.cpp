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
        "[text] " + (folder / "a.txt").string() + place + " of the line is not UTF-8");
  };
  refuses("\xFF", ":1: byte 1");
  refuses(
      "ab\nc\xE9"
      "d",
      ":2: byte 2");
  refuses("a\n\n\x80", ":3: byte 1");
  RONDO_CHECK_THROWS(write_text(folder / "b.txt", "a\xFF"),
                     ArgumentError,
                     "[text] byte 1 of the text is not UTF-8");
  BOOST_TEST(!std::filesystem::exists(folder / "b.txt"));
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
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace text_test
