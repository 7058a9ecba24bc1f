#include "rondo/core/json.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "rondo/tests/support/check.hpp"

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

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_refused_and_named) {
  RONDO_CHECK_THROWS(static_cast<void>(rondo::to_text({{"column", {1, "H\xf6he"}}})),
                     rondo::ArgumentError,
                     "[json] 'H\\xf6he' is not UTF-8, it cannot be written as JSON");
  RONDO_CHECK_THROWS(static_cast<void>(rondo::to_text({{"H\xf6he", 1}})),
                     rondo::ArgumentError,
                     "[json] 'H\\xf6he' is not UTF-8, it cannot be written as JSON");
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

BOOST_AUTO_TEST_CASE(members_are_handed_over_one_by_one) {
  std::string seen, problem;
  const auto visit = [&](const std::string& key, Json&& value) {
    seen += key + '=' + rondo::to_text(value) + ' ';
  };
  BOOST_TEST(rondo::parse_members(R"({"b":{"x":[1]},"a":2})", 3, visit, &problem));
  BOOST_TEST(seen == R"(b={"x":[1]} a=2 )");
  BOOST_TEST(!rondo::parse_members("[1]", 3, visit, &problem));
  BOOST_TEST(problem == "is not a JSON object");
  BOOST_TEST(!rondo::parse_members(R"({"a":{"b":1,"b":2}})", 3, visit, &problem));
  BOOST_TEST(problem == R"(has the key "b" twice)");
}

/// 0.2 s where the time grows with the text; a minute where it grows with its square.
BOOST_AUTO_TEST_CASE(an_object_of_many_keys_is_read_in_time_that_grows_with_it) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  }
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(rondo::parse_json(text + '}').size() == 200'000U);
  BOOST_TEST(problem_of(text + ",\"77\":0}") == R"(has the key "77" twice)");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)));
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
