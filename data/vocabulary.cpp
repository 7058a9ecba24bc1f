#include "rondo/data/vocabulary.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

namespace rondo {

namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

/// Calls f(token) for each token of a text.
/// @throws ArgumentError if the text is not UTF-8
template <class F>
void for_each_token(std::string_view text, TokenLevel level, const F& f) {
  if (const auto at = find_invalid_utf8(text)) {
    throw_argument_error("Vocabulary", fmt::format("the text is not UTF-8 at byte {}", *at));
  }
  while (!text.empty()) {
    std::size_t length = 0;
    switch (level) {
      case TokenLevel::character:
        length = utf8_length(text);
        break;
      case TokenLevel::word:
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        length = std::min(text.find_first_of(blanks), text.size());
        break;
    }
    if (length > 0) {
      f(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
}

void check_token(const std::string& token, TokenLevel level) {
  std::size_t tokens = 0, bytes = 0;
  for_each_token(token, level, [&](std::string_view found) {
    ++tokens;
    bytes += found.size();
  });
  if (tokens != 1 || bytes != token.size()) {
    throw_argument_error(
        "Vocabulary",
        fmt::format("'{}' is not one {}", token, level == TokenLevel::word ? "word" : "character"));
  }
}

[[noreturn]] void fail(std::string_view problem) {
  throw_format_error("Vocabulary", fmt::format("not the JSON of a vocabulary: {}", problem));
}

}  // namespace

Vocabulary::Vocabulary(VocabularyOptions options) : options_(std::move(options)) {
  for (const std::string& special : {options_.padding_token, options_.unknown_token}) {
    if (const auto at = find_invalid_utf8(special)) {
      throw_argument_error("Vocabulary",
                           fmt::format("a special token is not UTF-8 at byte {}", *at));
    }
    if (!special.empty()) {
      add(special);
    }
  }
}

void Vocabulary::add(const std::string& token) {
  const auto id = static_cast<std::int32_t>(tokens_.size());
  if (!ids_.emplace(token, id).second) {
    throw_argument_error("Vocabulary", fmt::format("the token '{}' occurs twice", token));
  }
  tokens_.push_back(token);
}

Vocabulary Vocabulary::from_text(std::string_view text, VocabularyOptions options) {
  Vocabulary result(std::move(options));
  const VocabularyOptions& o = result.options_;
  std::map<std::string, std::size_t, std::less<>> counts;
  for_each_token(text, o.level, [&](std::string_view token) {
    const auto found = counts.find(token);
    found == counts.end() ? counts.emplace(token, 1).first->second : ++found->second;
  });
  std::vector<std::pair<std::string, std::size_t>> by_count(counts.begin(), counts.end());
  std::erase_if(by_count, [&](const auto& entry) {
    return entry.second < o.min_count || result.ids_.contains(entry.first);
  });
  std::stable_sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) {
    return a.second > b.second;
  });
  const std::size_t room = o.max_size.value_or(by_count.size() + result.size());
  for (const auto& [token, count] : by_count) {
    if (result.size() < room) {
      result.add(token);
    }
  }
  if (result.size() > room) {
    throw_argument_error(
        "Vocabulary",
        fmt::format("max_size {} has no room for the {} special tokens", room, result.size()));
  }
  if (by_count.empty()) {
    throw_argument_error("Vocabulary", "the text gives no tokens");
  }
  return result;
}

Vocabulary Vocabulary::from_tokens(const std::vector<std::string>& tokens,
                                   VocabularyOptions options) {
  Vocabulary result(std::move(options));
  for (const std::string& token : tokens) {
    check_token(token, result.options_.level);
    result.add(token);
  }
  return result;
}

Vocabulary Vocabulary::from_json(std::string_view json) {
  std::string problem = "no object";
  const Json parsed = parse_json(json, 2, &problem);
  if (!parsed.is_object()) {
    fail(problem);
  }
  try {
    VocabularyOptions options{.padding_token = parsed.at("padding_token").get<std::string>(),
                              .unknown_token = parsed.at("unknown_token").get<std::string>()};
    const auto level = parsed.at("level").get<std::string>();
    if (level != "word" && level != "character") {
      fail(fmt::format("level '{}'", level));
    }
    options.level = level == "word" ? TokenLevel::word : TokenLevel::character;
    return from_tokens(parsed.at("tokens").get<std::vector<std::string>>(), std::move(options));
  } catch (const Json::exception& error) {
    fail(error.what());
  } catch (const ArgumentError& error) {
    fail(error.what());
  }
}

std::string Vocabulary::to_json() const {
  const std::size_t specials =
      (options_.padding_token.empty() ? 0U : 1U) + (options_.unknown_token.empty() ? 0U : 1U);
  const std::vector<std::string> others(tokens_.begin() + static_cast<std::ptrdiff_t>(specials),
                                        tokens_.end());
  const Json json{{"level", options_.level == TokenLevel::word ? "word" : "character"},
                  {"padding_token", options_.padding_token},
                  {"unknown_token", options_.unknown_token},
                  {"tokens", others}};
  return to_text(json, 1) + '\n';
}

std::optional<std::int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int32_t> Vocabulary::padding_id() const {
  return options_.padding_token.empty() ? std::nullopt : find(options_.padding_token);
}

std::optional<std::int32_t> Vocabulary::unknown_id() const {
  return options_.unknown_token.empty() ? std::nullopt : find(options_.unknown_token);
}

std::vector<std::int32_t> Vocabulary::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  for_each_token(text, options_.level, [&](std::string_view token) {
    const auto id = find(token);
    if (!id && !unknown_id()) {
      throw_argument_error(
          "Vocabulary",
          fmt::format("'{}' at position {} is not in the vocabulary", token, ids.size()));
    }
    ids.push_back(id ? *id : *unknown_id());
  });
  return ids;
}

template <Real T>
Tensor<T> Vocabulary::encode_as(std::string_view text) const {
  const std::vector<std::int32_t> ids = encode(text);
  Tensor<T> result(Shape{ids.size()});
  std::transform(
      ids.begin(), ids.end(), result.data(), [](std::int32_t id) { return static_cast<T>(id); });
  return result;
}

std::string Vocabulary::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= size()) {
      throw_argument_error("Vocabulary",
                           fmt::format("id {} does not exist, there are {}", id, size()));
    }
    if (padding_id() == id) {
      continue;
    }
    text += options_.level == TokenLevel::word && !text.empty() ? " " : "";
    text += tokens_[static_cast<std::size_t>(id)];
  }
  return text;
}

template Tensor<float> Vocabulary::encode_as<float>(std::string_view) const;
template Tensor<double> Vocabulary::encode_as<double>(std::string_view) const;

}  // namespace rondo
