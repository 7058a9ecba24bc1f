#include "rondo/formats/plot.hpp"

#include <cstdlib>

#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/file_size_limit.hpp"

namespace plot_test {

using namespace rondo;
using namespace rondo::test;

namespace {

namespace fs = std::filesystem;

/// While it lives, PATH is another one.
class Path {
 public:
  explicit Path(const std::string& value) : before_(std::getenv("PATH")) {
    ::setenv("PATH", value.c_str(), 1);
  }

  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  ~Path() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

bool installed() {
  const bool found = std::system("command -v gnuplot > /dev/null 2>&1") == 0;
  if (!found) {
    BOOST_TEST_MESSAGE("gnuplot is not installed");
  }
  return found;
}

const std::vector<PlotCurve> line{{"up", {1, 2, 3}, {1, 4, 9}}};

/// `text` as it stands in XML.
std::string in_xml(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  }
  return result;
}

/// What is told when a program of these lines takes gnuplot's place.
void check_refusal(const std::string& lines, const std::string& problem) {
  const TempFolder folder;
  write_content(folder / "gnuplot", "#!/bin/sh\n" + lines);
  fs::permissions(folder / "gnuplot", fs::perms::owner_all);
  write_content(folder / "plot.svg", "the old one");
  const Path path(folder.path().string() + ":" + std::getenv("PATH"));
  const std::string svg = folder / "plot.svg";
  RONDO_CHECK_THROWS(
      plot_svg(svg, line), FormatError, "[plot] " + svg + " cannot be drawn: " + problem);
  BOOST_TEST(content(svg) == "the old one");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_plot)

BOOST_AUTO_TEST_CASE(titles_are_shown_as_they_are) {
  if (!installed()) {
    return;
  }
  const TempFolder folder;
  const std::string victim = folder / "made";
  for (const std::string& title : {std::string("'speed'"),
                                   std::string("a''b"),
                                   std::string("'"),
                                   std::string(R"(\)"),
                                   std::string(R"(a "b" \" c)"),
                                   "`touch " + victim + "`",
                                   "\"; system(\"touch " + victim + "\"); #",
                                   std::string("@x $a %d {/b} _c ^d <&>"),
                                   std::string("Größe 温度")}) {
    BOOST_TEST(plot_svg(folder / "plot.svg",
                        {{title, {1, 2}, {1, 2}}},
                        {.title = title, .x_label = title, .y_label = title}));
    const std::string svg = content(folder / "plot.svg");
    std::size_t shown = 0;
    const std::string text = "<text>" + in_xml(title) + "</text>";
    for (auto at = svg.find(text); at != svg.npos; at = svg.find(text, at + 1)) {
      ++shown;
    }
    BOOST_TEST(shown == 4U, title);
    BOOST_TEST(!fs::exists(victim));
  }
}

BOOST_AUTO_TEST_CASE(what_no_picture_can_show_is_a_blank) {
  if (!installed()) {
    return;
  }
  const TempFolder folder;
  plot_svg(folder / "plot.svg",
           line,
           {.title = std::string("a\nb\0c\x1b"
                                 "d\xff"
                                 "e\x7f"
                                 "f",
                                 11)});
  BOOST_TEST(content(folder / "plot.svg").find("<text>a b c d e f</text>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_path_is_never_run) {
  if (!installed()) {
    return;
  }
  const TempFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  for (const std::string name :
       {"|touch made;#", "a'b\"c.svg", "line\nbreak.svg", "`touch made`"}) {
    BOOST_TEST(plot_svg(name, line));
    BOOST_TEST(content(name).find("</svg>") != std::string::npos, name);
  }
  BOOST_TEST(!fs::exists("made"));
  fs::current_path(before);
}

BOOST_AUTO_TEST_CASE(the_settings_of_the_user_are_not_read) {
  if (!installed()) {
    return;
  }
  const TempFolder folder;
  write_content(folder / ".gnuplot", "set datafile separator ','\nset xdata time\n");
  const std::string home = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "";
  plot_svg(folder / "plain.svg", line);
  ::setenv("HOME", folder.path().c_str(), 1);
  plot_svg(folder / "plot.svg", line);
  ::setenv("HOME", home.c_str(), 1);
  BOOST_TEST(content(folder / "plot.svg") == content(folder / "plain.svg"));
}

BOOST_AUTO_TEST_CASE(a_picture_that_is_not_whole_replaces_nothing) {
  check_refusal("exit 3\n", "gnuplot failed with status 3");
  check_refusal("kill -9 $$\n", "gnuplot was ended by signal 9");
  check_refusal("echo '<svg'\n", "gnuplot wrote no whole picture");
  check_refusal("echo '</svg>'\n", "gnuplot wrote no whole picture");
  check_refusal("exit 0\n", "gnuplot wrote no whole picture");
}

// More than a pipe holds, for a program that does not read it.
BOOST_AUTO_TEST_CASE(a_script_that_nobody_reads_ends_nothing) {
  const TempFolder folder;
  write_content(folder / "gnuplot", "#!/bin/sh\necho '<svg></svg>'\n");
  fs::permissions(folder / "gnuplot", fs::perms::owner_all);
  const Path path(folder.path().string() + ":" + std::getenv("PATH"));
  const std::vector<double> many(100000, 1.5);
  BOOST_TEST(plot_svg(folder / "plot.svg", {{"many", many, many}}));
  BOOST_TEST(content(folder / "plot.svg") == "<svg></svg>\n");
}

BOOST_AUTO_TEST_CASE(without_gnuplot_nothing_is_drawn) {
  const TempFolder folder;
  const Path path(folder.path().string());
  BOOST_TEST(!plot_svg(folder / "plot.svg", line));
  BOOST_TEST(!fs::exists(folder / "plot.svg"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_named) {
  if (!installed()) {
    return;
  }
  const TempFolder folder;
  const std::string svg = folder / "none/plot.svg";
  RONDO_CHECK_THROWS(plot_svg(svg, line),
                     FormatError,
                     "[plot] " + svg + ": cannot be written: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plot_test
