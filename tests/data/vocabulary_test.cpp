#include "rondo/data/vocabulary.hpp"

#include "rondo/tests/support/check.hpp"

namespace vocabulary_test {

using namespace rondo;

namespace {

using Ids = std::vector<std::int32_t>;

std::vector<std::string> tokens_of(const Vocabulary& vocabulary) {
  return {vocabulary.tokens().begin(), vocabulary.tokens().end()};
}

using Tokens = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(data_vocabulary)

BOOST_AUTO_TEST_CASE(characters_are_ordered_by_their_number) {
  const auto vocabulary = Vocabulary::from_text("abbécbé");
  BOOST_TEST((tokens_of(vocabulary) == Tokens{"b", "é", "a", "c"}));
  BOOST_TEST((vocabulary.encode("éa") == Ids{1, 2}));
  BOOST_TEST(vocabulary.decode(Ids{1, 2, 0}) == "éab");
  BOOST_TEST(!vocabulary.find("z").has_value());
}

BOOST_AUTO_TEST_CASE(words_stand_between_blanks) {
  const auto vocabulary =
      Vocabulary::from_text(" the cat\tthe\n dog ", {.level = TokenLevel::word});
  BOOST_TEST((tokens_of(vocabulary) == Tokens{"the", "cat", "dog"}));
  BOOST_TEST((vocabulary.encode("dog  the") == Ids{2, 0}));
  BOOST_TEST(vocabulary.decode(Ids{2, 0}) == "dog the");
}

BOOST_AUTO_TEST_CASE(padding_and_unknown_come_first) {
  const auto vocabulary =
      Vocabulary::from_text("aab", {.padding_token = "<pad>", .unknown_token = "<unk>"});
  BOOST_TEST((tokens_of(vocabulary) == Tokens{"<pad>", "<unk>", "a", "b"}));
  BOOST_TEST((vocabulary.padding_id() == 0));
  BOOST_TEST((vocabulary.unknown_id() == 1));
  BOOST_TEST((vocabulary.encode("bxa") == Ids{3, 1, 2}));
  BOOST_TEST(vocabulary.decode(Ids{3, 0, 2, 0}) == "ba");
  test::check_close(vocabulary.encode_as<float>("ba"), {3, 2});
}

BOOST_AUTO_TEST_CASE(rare_tokens_and_a_long_tail_are_left_out) {
  BOOST_TEST((tokens_of(Vocabulary::from_text("aaabbc", {.min_count = 2})) == Tokens{"a", "b"}));
  BOOST_TEST((tokens_of(Vocabulary::from_text("aaabbc", {.max_size = 2, .unknown_token = "?"})) ==
              Tokens{"?", "a"}));
}

BOOST_AUTO_TEST_CASE(a_list_keeps_its_order) {
  const auto vocabulary = Vocabulary::from_tokens({"z", "a"});
  BOOST_TEST((vocabulary.encode("az") == Ids{1, 0}));
}

BOOST_AUTO_TEST_CASE(json_gives_the_same_vocabulary) {
  const auto vocabulary = Vocabulary::from_text(
      "a \"b\" é", {.level = TokenLevel::word, .padding_token = "<pad>", .unknown_token = "<u>"});
  const auto again = Vocabulary::from_json(vocabulary.to_json());
  BOOST_TEST((tokens_of(again) == tokens_of(vocabulary)));
  BOOST_TEST((again.level() == TokenLevel::word));
  BOOST_TEST((again.padding_id() == vocabulary.padding_id()));
  BOOST_TEST((again.unknown_id() == vocabulary.unknown_id()));
  BOOST_TEST(again.to_json() == vocabulary.to_json());
}

BOOST_AUTO_TEST_CASE(json_of_something_else_is_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_json("[1]")),
                     FormatError,
                     "[Vocabulary] not the JSON of a vocabulary: no object");
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_json(
                         R"({"level":"byte","padding_token":"","unknown_token":"","tokens":[]})")),
                     FormatError,
                     "[Vocabulary] not the JSON of a vocabulary: level 'byte'");
  RONDO_CHECK_THROWS(
      static_cast<void>(Vocabulary::from_json(
          R"({"level":"word","padding_token":"","unknown_token":"","tokens":["a","a"]})")),
      FormatError,
      "[Vocabulary] not the JSON of a vocabulary: [Vocabulary] the token 'a' occurs twice");
  BOOST_CHECK_THROW(static_cast<void>(Vocabulary::from_json("{}")), FormatError);
  BOOST_CHECK_THROW(static_cast<void>(Vocabulary::from_json("{")), FormatError);
}

BOOST_AUTO_TEST_CASE(what_has_no_id_is_refused) {
  const auto vocabulary = Vocabulary::from_text("ab");
  RONDO_CHECK_THROWS(static_cast<void>(vocabulary.encode("abx")),
                     ArgumentError,
                     "[Vocabulary] 'x' at position 2 is not in the vocabulary");
  RONDO_CHECK_THROWS(static_cast<void>(vocabulary.encode("a\xFF")),
                     ArgumentError,
                     "[Vocabulary] the text is not UTF-8 at byte 1");
  RONDO_CHECK_THROWS(static_cast<void>(vocabulary.decode(Ids{2})),
                     ArgumentError,
                     "[Vocabulary] id 2 does not exist, there are 2");
}

BOOST_AUTO_TEST_CASE(tokens_that_make_no_vocabulary_are_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_tokens({"ab"})),
                     ArgumentError,
                     "[Vocabulary] 'ab' is not one character");
  RONDO_CHECK_THROWS(
      static_cast<void>(Vocabulary::from_tokens({"a b"}, {.level = TokenLevel::word})),
      ArgumentError,
      "[Vocabulary] 'a b' is not one word");
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_tokens({"a", "a"})),
                     ArgumentError,
                     "[Vocabulary] the token 'a' occurs twice");
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_text("")),
                     ArgumentError,
                     "[Vocabulary] the text gives no tokens");
  RONDO_CHECK_THROWS(
      static_cast<void>(Vocabulary::from_text("a", {.max_size = 0, .unknown_token = "?"})),
      ArgumentError,
      "[Vocabulary] max_size 0 has no room for the 1 special tokens");
  RONDO_CHECK_THROWS(static_cast<void>(Vocabulary::from_text("a", {.unknown_token = "\xFF"})),
                     ArgumentError,
                     "[Vocabulary] a special token is not UTF-8 at byte 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace vocabulary_test
