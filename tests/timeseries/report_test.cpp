#include "rondo/timeseries/report.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"
#include "rondo/timeseries/detail/svg_plot.hpp"

namespace report_test {

using namespace rondo;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

Report full(const std::string& name) {
  return {.title = name,
          .summary = {name},
          .data = {{.title = name, .columns = {name, "n"}, .rows = {{name, "1"}}, .note = name}},
          .guesses = {name},
          .forecasts = {{.title = name,
                         .times = {name, "b"},
                         .actual = {1, nan},
                         .quantiles = {{0.5, {1, 2}}, {0.1, {0, 1}}, {0.9, {2, 3}}}}},
          .comparisons = {{.title = name, .columns = {name}, .rows = {{name}}}},
          .confusions = {{.title = name, .classes = {name, "b"}, .counts = {{3, 1}, {0, 0}}}},
          .curves = {{.title = name, .curves = {{name, {1, 0.5}}}}},
          .command = name};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_report)

/// Everything comes from data, and whoever wrote the data must not write the page.
BOOST_AUTO_TEST_CASE(nothing_from_data_is_markup) {
  const std::string evil = "<script>alert(1)</script>\"'&\x1b";
  const std::string html = report_html(full(evil));
  BOOST_TEST(!contains(html, "<script"));
  BOOST_TEST(!contains(html, "\x1b"));
  BOOST_TEST(!contains(html, "alert(1)<"));
  const std::string safe = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\x1b";
  BOOST_TEST(count(html, safe) >= 16U);
}

BOOST_AUTO_TEST_CASE(nothing_is_loaded_from_elsewhere) {
  const std::string html = report_html(full("a"));
  for (const char* part : {"http:", "https:", "src=", "url(", "@import", "<link", "<iframe"}) {
    BOOST_TEST(!contains(html, part), part);
  }
}

BOOST_AUTO_TEST_CASE(parts_that_are_empty_are_left_out) {
  const std::string html = report_html({.title = "Empty"});
  BOOST_TEST(!contains(html, "<section>"));
  BOOST_TEST(contains(html, "<h1>Empty</h1>"));
  BOOST_TEST(count(report_html(full("a")), "<section>") == 7U);
}

/// 3 of 4 and 1 of 4 of the first class; the second one never occurs.
BOOST_AUTO_TEST_CASE(cells_of_a_confusion_know_their_share) {
  const std::string html = report_html(full("a"));
  BOOST_TEST(
      contains(html, "<td style=\"--share:0.750\">3</td><td style=\"--share:0.250\">1</td>"));
  BOOST_TEST(
      contains(html, "<td style=\"--share:0.000\">0</td><td style=\"--share:0.000\">0</td>"));
}

BOOST_AUTO_TEST_CASE(quantiles_become_bands_and_a_median) {
  const std::string html = report_html(full("a"));
  BOOST_TEST(contains(html, "80 % band"));
  BOOST_TEST(contains(html, "forecast (median)"));
  Report report{.forecasts = {{.times = {"a"}, .actual = {1}, .quantiles = {{0.9, {2}}}}}};
  BOOST_TEST(contains(report_html(report), "quantile 0.9"));
}

/// By hand: the data reach from 0 to 10, with 4 % of room from -0.4 to 10.4; y = 236 − 226 (v + 0.4) / 10.8.
BOOST_AUTO_TEST_CASE(lines_have_gaps_where_values_are_missing) {
  const std::string svg =
      detail::svg_figure({.labels = {"a", "b", "c", "d"}, .lines = {{"x", {0, 10, nan, 10}}}});
  const double left = 8.6 * 2 + 10, last = 466;
  const std::string path = fmt::format("d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}M{:.1f} {:.1f}h0\"",
                                       left,
                                       236 - 226 * 0.4 / 10.8,
                                       left + (last - left) / 3,
                                       236 - 226 * 10.4 / 10.8,
                                       last,
                                       236 - 226 * 10.4 / 10.8);
  BOOST_TEST(contains(svg, path), svg << " lacks " << path);
}

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers) {
  const auto are = [](double low, double high, const std::vector<double>& expected) {
    const std::vector<double> found = detail::ticks(low, high, 5);
    test::check_close(std::span<const double>(found), expected, 1e-12);
  };
  are(0, 10, {0, 2, 4, 6, 8, 10});
  are(-0.3, 0.7, {-0.2, 0, 0.2, 0.4, 0.6});
  are(1e6, 1e6 + 20, {1e6, 1e6 + 5, 1e6 + 10, 1e6 + 15, 1e6 + 20});
}

/// Letters are 7 wide at most; the first label begins at its mark, the last ends there.
BOOST_AUTO_TEST_CASE(labels_of_the_axis_do_not_overlap) {
  for (const std::size_t count :
       {std::size_t{2}, std::size_t{12}, std::size_t{30}, std::size_t{90}}) {
    const detail::SvgPlot plot{.labels = std::vector<std::string>(count, "2024-02-22"),
                               .lines = {{"x", std::vector<double>(count, 1.0)}}};
    const std::string svg = detail::svg_figure(plot);
    const std::string anchor = "<text text-anchor=\"";
    double free_from = 0.0;
    for (std::size_t at = svg.find(anchor); at != std::string::npos;
         at = svg.find(anchor, at + 1)) {
      const std::string tag = svg.substr(at + anchor.size(), 30);
      const double x = std::stod(tag.substr(tag.find("x=\"") + 3));
      const double shift = tag.starts_with("start") ? 0.0 : tag.starts_with("end") ? 70.0 : 35.0;
      BOOST_TEST(x - shift >= free_from);
      free_from = x - shift + 70.0;
    }
    BOOST_TEST(free_from > 0.0);
  }
}

BOOST_AUTO_TEST_CASE(neighbouring_ticks_have_different_labels) {
  const std::string svg =
      detail::svg_figure({.labels = {"a", "b"}, .lines = {{"x", {1.7e9, 1.7e9 + 4}}}});
  BOOST_TEST(contains(svg, ">1700000001<"));
  BOOST_TEST(contains(svg, ">1700000002<"));
}

BOOST_AUTO_TEST_CASE(values_that_are_all_equal_or_missing_make_a_plot) {
  for (const double value : {0.0, 5.0, -5.0, nan}) {
    const std::string svg =
        detail::svg_figure({.labels = {"a", "b"}, .lines = {{"x", {value, value}}}});
    BOOST_TEST(contains(svg, "</svg>"));
    BOOST_TEST(!contains(svg, "nan"));
    BOOST_TEST(!contains(svg, "inf"));
  }
}

BOOST_AUTO_TEST_CASE(lengths_that_differ_are_refused) {
  Report report{.comparisons = {{.title = "Errors", .columns = {"a", "b"}, .rows = {{"1"}}}}};
  RONDO_CHECK_THROWS(static_cast<void>(report_html(report)),
                     ShapeError,
                     "[report] 'Errors': a row has 1 entries, expected 2");
  report = {.forecasts = {{.title = "shop", .times = {"a", "b"}, .actual = {1}}}};
  RONDO_CHECK_THROWS(static_cast<void>(report_html(report)),
                     ShapeError,
                     "[report] 'shop': actual has 1 entries, expected 2");
}

BOOST_AUTO_TEST_CASE(a_report_is_written_whole) {
  const test::TempFolder folder;
  write_report(folder / "report.html", full("a"));
  std::ifstream in(folder / "report.html");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  BOOST_TEST(text == report_html(full("a")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace report_test
