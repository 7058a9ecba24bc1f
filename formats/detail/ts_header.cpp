#include "rondo/formats/detail/ts_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

constexpr std::array known_tags{"@problemName",
                                "@timeStamps",
                                "@missing",
                                "@univariate",
                                "@dimensions",
                                "@equalLength",
                                "@seriesLength",
                                "@classLabel",
                                "@targetLabel",
                                "@data"};

/// A line of the header.
struct Tag {
  std::size_t line = 0;
  std::vector<std::string> words = {};  // behind the name
};

using Tags = std::map<std::string, Tag>;

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// As in `known_tags`; files write names in small letters too, and some `@dimension`.
std::string known_tag(std::string_view name, const SeriesLines& lines) {
  if (equal_but_for_case(name, "@dimension")) {
    return "@dimensions";
  }
  const auto found =
      std::find_if(known_tags.begin(), known_tags.end(), [&](std::string_view known) {
        return equal_but_for_case(name, known);
      });
  if (found == known_tags.end()) {
    lines.fail(unknown_name("line of the header", shortened(name, 60), known_tags));
  }
  return *found;
}

/// The lines of the header by their names, up to @data.
Tags read_tags(SeriesLines& lines) {
  Tags tags;
  while (const auto line = lines.next()) {
    std::string_view rest = without_blanks(*line);
    if (rest.starts_with('#')) {
      continue;
    }
    if (!rest.starts_with('@')) {
      lines.fail(
          fmt::format("found {}, expected a line of the header that begins with @: the "
                      "header ends with @data",
                      in_quotes(shortened(rest, 40))));
    }
    const std::string name = known_tag(rest.substr(0, rest.find_first_of(" \t")), lines);
    const bool first = !tags.contains(name);
    Tag& tag = tags[name];
    if (!first && name != "@problemName") {  // of which files of the archive have two
      lines.fail(fmt::format("{} comes again, it is in line {} already", name, tag.line));
    }
    tag = {.line = lines.line()};
    rest.remove_prefix(
        std::min(name == "@data" ? rest.size() : rest.find_first_of(" \t"), rest.size()));
    while (!(rest = without_blanks(rest)).empty()) {
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      tag.words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    if (name == "@data") {
      return tags;
    }
  }
  lines.fail_file("has no line @data, which ends the header");
}

/// Meanings of the lines of a header.
class TagReader {
 public:
  TagReader(const Tags& tags, const SeriesLines& lines) : tags_(tags), lines_(lines) {}

  [[nodiscard]] const Tag* find(const std::string& name) const {
    const auto found = tags_.find(name);
    return found == tags_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::optional<Promise<bool>> flag(const std::string& name) const {
    const Tag* const tag = find(name);
    if (tag == nullptr) {
      return std::nullopt;
    }
    const std::string word = tag->words.empty() ? "" : tag->words[0];
    const bool yes = equal_but_for_case(word, "true");
    if (!yes && !equal_but_for_case(word, "false")) {
      fail(name, "true or false", word);
    }
    return Promise<bool>{yes, tag->line};
  }

  [[nodiscard]] bool is_set(const std::string& name) const {
    const auto given = flag(name);
    return given && given->value;
  }

  [[nodiscard]] std::optional<Promise<std::size_t>> count(const std::string& name) const {
    const Tag* const tag = find(name);
    if (tag == nullptr) {
      return std::nullopt;
    }
    const std::string word = tag->words.empty() ? "" : tag->words[0];
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || value == 0) {
      fail(name, "a whole number from 1 on", word);
    }
    return Promise<std::size_t>{value, tag->line};
  }

  [[noreturn]] void fail(const std::string& name,
                         std::string_view expected,
                         const std::string& found) const {
    lines_.fail_file(fmt::format("line {}: {} is {}, expected {}",
                                 find(name)->line,
                                 name,
                                 in_quotes(shortened(found, 40)),
                                 expected));
  }

 private:
  const Tags& tags_;
  const SeriesLines& lines_;
};

void refuse_other_problems(const TagReader& tags, const SeriesLines& lines) {
  if (tags.is_set("@timeStamps")) {
    lines.fail_file("@timeStamps true: time stamps beside the values are not read");
  }
  if (tags.is_set("@targetLabel")) {
    lines.fail_file(
        "@targetLabel true: its series have numbers to be predicted, expected classes "
        "(@classLabel)");
  }
}

std::vector<std::string> read_classes(const TagReader& tags) {
  const Tag& tag = *tags.find("@classLabel");
  std::vector<std::string> classes(tag.words.begin() + 1, tag.words.end());
  if (classes.empty()) {
    tags.fail("@classLabel", "true and the names of the classes", "true");
  }
  auto sorted = classes;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    tags.fail("@classLabel", "each class once", *twice);
  }
  return classes;
}

}  // namespace

TsHeader read_ts_header(SeriesLines& lines) {
  const Tags all = read_tags(lines);
  const TagReader tags(all, lines);
  refuse_other_problems(tags, lines);
  TsHeader header;
  if (const Tag* const name = tags.find("@problemName")) {
    header.name = fmt::format("{}", fmt::join(name->words, " "));
  }
  header.channels = tags.count("@dimensions");
  if (const auto univariate = tags.flag("@univariate"); univariate && univariate->value) {
    if (header.channels && header.channels->value != 1) {
      tags.fail("@univariate",
                fmt::format("false, since @dimensions is {}", header.channels->value),
                "true");
    }
    header.channels = Promise<std::size_t>{1, univariate->line};
  }
  header.length = tags.count("@seriesLength");
  if (const auto equal = tags.flag("@equalLength"); equal && equal->value) {
    header.equal_length = equal;
  } else if (equal && header.length) {
    header.length.reset();  // of the longest
  }
  if (const auto missing = tags.flag("@missing"); missing && !missing->value) {
    header.no_missing = missing;
  }
  if (tags.find("@classLabel") == nullptr) {
    lines.fail_file(
        "has no line @classLabel in its header: write '@classLabel true' and the names "
        "of the classes, or '@classLabel false'");
  }
  header.labelled = tags.is_set("@classLabel");
  if (header.labelled) {
    header.classes = read_classes(tags);
  }
  return header;
}

}  // namespace rondo::detail
