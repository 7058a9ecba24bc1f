/// Texts as numbers: which token has which id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

enum class TokenLevel {
  character,  ///< characters of UTF-8
  word,       ///< what is between blanks, tabs and line ends
};

struct VocabularyOptions {
  TokenLevel level = TokenLevel::character;
  /// Tokens that occur less often are left out.
  std::size_t min_count = 1;
  /// Of the vocabulary, padding and unknown token included; the most frequent stay.
  std::optional<std::size_t> max_size = std::nullopt;
  /// Gets id 0, which `Embedding`'s mask_zero leaves out. Empty: there is none.
  std::string padding_token = {};
  /// Stands for every token that is not in the vocabulary. Empty: such a token is an error.
  std::string unknown_token = {};
};

/// Ids are 0 .. size() - 1: the padding token, the unknown token, then the others.
class Vocabulary {
 public:
  /// Tokens by falling number of occurrences, then by their bytes.
  /// @throws ArgumentError if the text is not UTF-8, nothing of it is left, or max_size has no room
  [[nodiscard]] static Vocabulary from_text(std::string_view text, VocabularyOptions options = {});

  /// Tokens in the order of the list; min_count and max_size do not apply.
  /// @throws ArgumentError if a token is empty, occurs twice or is not UTF-8, at the level of
  ///         characters also if it is longer than one, at that of words if it has blanks
  [[nodiscard]] static Vocabulary from_tokens(const std::vector<std::string>& tokens,
                                              VocabularyOptions options = {});

  /// What to_json() gave. Files: `Vocabulary::from_json(read_text("vocabulary.json"))`.
  /// @throws FormatError for anything else
  [[nodiscard]] static Vocabulary from_json(std::string_view json);

  [[nodiscard]] std::string to_json() const;

  [[nodiscard]] std::size_t size() const { return tokens_.size(); }

  [[nodiscard]] TokenLevel level() const { return options_.level; }

  /// In the order of their ids.
  [[nodiscard]] std::span<const std::string> tokens() const { return tokens_; }

  /// Nothing for a token that is not in the vocabulary.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const;

  [[nodiscard]] std::optional<std::int32_t> padding_id() const;
  [[nodiscard]] std::optional<std::int32_t> unknown_id() const;

  /// @throws ArgumentError if the text is not UTF-8, or for an unknown token without unknown_token
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;

  /// The ids as a series [L], for `WindowDataset` and `RaggedDataset`.
  template <Real T>
  [[nodiscard]] Tensor<T> encode_as(std::string_view text) const;

  /// Words are joined by blanks; padding is left out.
  /// @throws ArgumentError for an id that does not exist
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids) const;

 private:
  explicit Vocabulary(VocabularyOptions options);

  void add(const std::string& token);

  VocabularyOptions options_;
  std::vector<std::string> tokens_;
  std::map<std::string, std::int32_t, std::less<>> ids_;
};

}  // namespace rondo
