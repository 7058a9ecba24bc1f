#include "rondo/formats/replace_file.hpp"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/file_size_limit.hpp"

namespace replace_file_test {

using namespace rondo;
using namespace rondo::test;

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  const std::array parts{std::as_bytes(std::span(text))};
  replace_file("test", path, parts);
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

/// Rights of files do not hold for the superuser, who runs tests in containers.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) {
    constexpr uid_t nobody = 65534;
    if (was_root_ && ::seteuid(nobody) != 0) {
      throw std::runtime_error("cannot give up rights");
    }
  }

  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

  ~Unprivileged() {
    if (was_root_) {
      [[maybe_unused]] const int ignored = ::seteuid(0);
    }
  }

 private:
  bool was_root_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(replaced_file)

BOOST_AUTO_TEST_CASE(is_made_or_replaced) {
  const TempFolder folder;
  write(folder / "a", "first");
  BOOST_CHECK_EQUAL(content(folder / "a"), "first");
  write(folder / "a", "2");
  BOOST_CHECK_EQUAL(content(folder / "a"), "2");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 1);
}

BOOST_AUTO_TEST_CASE(is_written_part_by_part) {
  const TempFolder folder;
  const std::string a = "one ";
  const std::string none;
  const std::string b(100'000, 'b');
  const std::array parts{
      std::as_bytes(std::span(a)), std::as_bytes(std::span(none)), std::as_bytes(std::span(b))};
  replace_file("test", folder / "a", parts);
  BOOST_CHECK(content(folder / "a") == a + b);
}

BOOST_AUTO_TEST_CASE(may_lie_in_the_working_folder) {
  const TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write("a", "here");
  std::filesystem::current_path(before);
  BOOST_CHECK_EQUAL(content(folder / "a"), "here");
}

BOOST_AUTO_TEST_CASE(stays_whole_if_writing_fails) {
  const TempFolder folder;
  const auto path = folder / "a";
  write(path, "old");
  {
    const test::FileSizeLimit limit(1000);
    RONDO_CHECK_THROWS(write(path, std::string(5000, 'x')),
                       FormatError,
                       "[test] " + path.string() + ": cannot be written: File too large");
  }
  BOOST_CHECK_EQUAL(content(path), "old");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 1);
}

BOOST_AUTO_TEST_CASE(needs_a_folder_that_can_be_written) {
  const TempFolder folder;
  const auto path = folder / "a";
  write(path, "old");
  ::chmod(path.c_str(), 0644);
  ::chmod(folder.path().c_str(), 0555);
  {
    const Unprivileged guard;
    RONDO_CHECK_THROWS(write(path, "new"),
                       FormatError,
                       "[test] " + path.string() + ": cannot be written: Permission denied");
  }
  ::chmod(folder.path().c_str(), 0755);
  BOOST_CHECK_EQUAL(content(path), "old");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 1);
}

BOOST_AUTO_TEST_CASE(needs_a_folder_that_exists) {
  const TempFolder folder;
  const auto path = folder / "none" / "a";
  RONDO_CHECK_THROWS(write(path, "new"),
                     FormatError,
                     "[test] " + path.string() + ": cannot be written: No such file or directory");
}

BOOST_AUTO_TEST_CASE(may_not_be_a_folder) {
  const TempFolder folder;
  RONDO_CHECK_THROWS(write(folder.path(), "new"),
                     FormatError,
                     "[test] " + folder.path().string() + ": cannot be written: Is a directory");
}

BOOST_AUTO_TEST_CASE(is_written_directly_if_it_is_a_device) {
  RONDO_CHECK_THROWS(write("/dev/full", "x"),
                     FormatError,
                     "[test] /dev/full: cannot be written: No space left on device");
  write("/dev/null", "x");
  BOOST_CHECK(std::filesystem::is_character_file("/dev/full"));
  BOOST_CHECK(std::filesystem::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_CASE(keeps_its_rights_and_the_links_to_it) {
  const TempFolder folder;
  write(folder / "a", "old");
  ::chmod((folder / "a").c_str(), 0600);
  std::filesystem::create_symlink("a", folder / "link");
  write(folder / "link", "new");
  BOOST_CHECK(std::filesystem::is_symlink(folder / "link"));
  BOOST_CHECK_EQUAL(content(folder / "a"), "new");

  struct stat status {};

  ::stat((folder / "a").c_str(), &status);
  BOOST_CHECK_EQUAL(status.st_mode & 0777, 0600);
}

BOOST_AUTO_TEST_CASE(may_be_behind_a_link_that_leads_nowhere_yet) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "there");
  std::filesystem::create_symlink("there/a", folder / "link");
  std::filesystem::create_symlink("link", folder / "link to link");
  write(folder / "link to link", "new");
  BOOST_CHECK(std::filesystem::is_symlink(folder / "link"));
  BOOST_CHECK(std::filesystem::is_symlink(folder / "link to link"));
  BOOST_CHECK_EQUAL(content(folder / "there" / "a"), "new");
  std::filesystem::create_symlink("loop", folder / "loop");
  RONDO_CHECK_THROWS(
      write(folder / "loop", "x"),
      FormatError,
      "[test] " + (folder / "loop").string() + ": cannot be written: " + std::strerror(ELOOP));
}

BOOST_AUTO_TEST_CASE(is_written_directly_if_it_is_a_pipe) {
  const TempFolder folder;
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = content(pipe); });
  write(pipe, "through");
  reader.join();
  BOOST_CHECK_EQUAL(read, "through");
  BOOST_CHECK(std::filesystem::is_fifo(pipe));
}

/// As `program --out /dev/stdout >> file` does.
BOOST_AUTO_TEST_CASE(is_added_to_if_it_is_open_already) {
  const TempFolder folder;
  write_content(folder / "a", "before ");
  const int fd = ::open((folder / "a").c_str(), O_WRONLY);
  write("/proc/self/fd/" + std::to_string(fd), "new");
  ::close(fd);
  BOOST_CHECK_EQUAL(content(folder / "a"), "before new");
}

BOOST_AUTO_TEST_CASE(does_not_touch_files_with_names_that_can_be_guessed) {
  const TempFolder folder;
  write_content(folder / "victim", "mine");
  for (const char* const name :
       {"a.tmp", "a.tmp0", ".rondo-1.tmp", ".rondo-0123456789abcdeg.tmp"}) {
    std::filesystem::create_symlink("victim", folder / name);
  }
  write(folder / "a", "new");
  BOOST_CHECK_EQUAL(content(folder / "a"), "new");
  BOOST_CHECK(!std::filesystem::is_symlink(folder / "a"));
  BOOST_CHECK_EQUAL(content(folder / "victim"), "mine");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 6);
}

BOOST_AUTO_TEST_CASE(takes_what_a_killed_program_left_but_not_what_is_being_written) {
  const TempFolder folder;
  const auto left = folder / ".rondo-0123456789abcdef.tmp";
  const auto written = folder / ".rondo-fedcba9876543210.tmp";
  write_content(left, "half");
  write_content(written, "half");
  const int other = ::open(written.c_str(), O_WRONLY);
  BOOST_REQUIRE_EQUAL(::flock(other, LOCK_EX), 0);
  write(folder / "a", "whole");
  BOOST_CHECK(!std::filesystem::exists(left));
  BOOST_CHECK_EQUAL(content(written), "half");
  ::close(other);
  write(folder / "a", "whole");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 1);
}

/// A killed program leaves at most what the next one removes.
BOOST_AUTO_TEST_CASE(leaves_nothing_when_its_program_is_killed) {
  const TempFolder folder;
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      for (;;) {
        write(folder / "a", std::string(200'000, 'x'));
      }
    }
    ::usleep(static_cast<useconds_t>(1000 * (1 + round)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  write(folder / "a", "whole");
  BOOST_CHECK_EQUAL(content(folder / "a"), "whole");
  BOOST_CHECK_EQUAL(names_in(folder.path()).size(), 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace replace_file_test
