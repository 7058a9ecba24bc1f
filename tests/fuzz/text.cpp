// A text and its vocabulary, and the JSON of vocabularies and scalers.
#include "rondo/formats/text.hpp"

#include "rondo/core/detail/utf8.hpp"
#include "rondo/data/scaler.hpp"
#include "rondo/data/vocabulary.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

void check_vocabulary(const std::string& text, TokenLevel level) {
  const Vocabulary vocabulary =
      Vocabulary::from_text(text, {.level = level, .unknown_token = "\uFFFD"});
  const Vocabulary again = Vocabulary::from_json(vocabulary.to_json());
  fuzz::require(std::ranges::equal(again.tokens(), vocabulary.tokens()),
                "another vocabulary comes back");
  const auto ids = again.encode(text);
  fuzz::require(level == TokenLevel::word || vocabulary.decode(ids) == text,
                "another text comes back");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  fuzz::accepted([&] {
    const std::string text = read_text(fuzz::file_with(input.rest()));
    fuzz::require(!find_invalid_utf8(text), "a text that is not UTF-8 is accepted");
    check_vocabulary(text, input.first() % 2 == 1 ? TokenLevel::word : TokenLevel::character);
  });
  fuzz::accepted([&] {
    const std::string printed = Vocabulary::from_json(input.rest()).to_json();
    fuzz::require(Vocabulary::from_json(printed).to_json() == printed,
                  "another vocabulary comes back");
  });
  fuzz::accepted([&] {
    StandardScaler<double> scaler;
    scaler.from_json(input.rest());
    fuzz::require(scaler.scale()[0] > 0.0, "a scale that is not positive is accepted");
  });
  return 0;
}
