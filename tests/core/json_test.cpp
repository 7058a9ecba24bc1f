#include "rondo/core/json.hpp"

#include <nlohmann/json.hpp>

#include <boost/test/unit_test.hpp>

namespace json_test {

namespace {

using rondo::Json;

std::string problem_of(std::string_view text, std::size_t deepest = 200) {
  std::string problem;
  const Json parsed = rondo::parse_json(text, deepest, &problem);
  BOOST_TEST(parsed.is_discarded() == !problem.empty());
  return problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(comes_back_in_its_order) {
  const std::string text = R"({"b":1,"a":[true,null,"ü"]})";
  BOOST_TEST(rondo::to_text(rondo::parse_json(text)) == text);
  BOOST_TEST(rondo::to_text({{"a", 1}}, 1) == "{\n \"a\": 1\n}");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced) {
  BOOST_TEST(rondo::to_text("a\xff") == "\"a\ufffd\"");
}

BOOST_AUTO_TEST_CASE(says_where_a_text_is_not_json) {
  BOOST_TEST(problem_of("{}").empty());
  BOOST_TEST(problem_of("") == "is not JSON: error at byte 1");
  BOOST_TEST(problem_of("[1,]") == "is not JSON: error at byte 4");
  BOOST_TEST(problem_of(std::string("{}\0", 3)) == "is not JSON: error at byte 3");
  BOOST_TEST(problem_of("[1e999]") == "has a number that is too large");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_comes_twice_in_one_object) {
  BOOST_TEST(problem_of(R"({"a":{"a":1},"b":{"a":1}})").empty());
  BOOST_TEST(problem_of(R"([{"a":1,"a":1}])") == R"(has the key "a" twice)");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_nested_deeper_than_asked) {
  BOOST_TEST(problem_of("[[1]]", 2).empty());
  BOOST_TEST(problem_of("[[1]]", 1) == "is nested too deeply");
  BOOST_TEST(problem_of(std::string(100'000, '[')) == "is nested too deeply");
  BOOST_TEST(rondo::parse_json("[").is_discarded());
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut_between_characters) {
  BOOST_TEST(rondo::to_short_text("short") == "\"short\"");
  const std::string dots(78, '.');  // the quote before them makes 79 bytes
  BOOST_TEST(rondo::to_short_text(dots + "üü") == '"' + dots + "…");
  BOOST_TEST(rondo::to_short_text(dots + "aüü") == '"' + dots + "a…");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace json_test
