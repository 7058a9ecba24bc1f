#include "rondo/formats/detail/ts_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

using Fail = std::function<void(const std::string&)>;
using Words = std::vector<std::string>;

/// As the archives write them; letter case does not count.
constexpr std::array<const char*, 10> known_tags{"@problemName",
                                                 "@timeStamps",
                                                 "@missing",
                                                 "@univariate",
                                                 "@dimensions",
                                                 "@equalLength",
                                                 "@seriesLength",
                                                 "@classLabel",
                                                 "@targetLabel",
                                                 "@data"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

Words words_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  Words words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

/// The one word behind the key.
std::string value_of(const Words& words, const char* expected, const Fail& fail) {
  if (words.size() != 2) {
    fail(fmt::format("{} has {} values, expected {}", words[0], words.size() - 1, expected));
  }
  return words[1];
}

bool truth_of(const Words& words, const Fail& fail) {
  const std::string value = lower(value_of(words, "true or false", fail));
  if (value != "true" && value != "false") {
    fail(fmt::format("{} is {}, expected true or false", words[0], in_quotes(words[1])));
  }
  return value == "true";
}

std::size_t count_of(const Words& words, const Fail& fail) {
  const std::string text = value_of(words, "a whole number above 0", fail);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
    fail(fmt::format("{} is {}, expected a whole number above 0", words[0], in_quotes(text)));
  }
  return value;
}

/// Nothing if the series have none.
Words classes_of(const Words& words, const Fail& fail) {
  if (words.size() == 2 && lower(words[1]) == "false") {
    return {};
  }
  if (words.size() < 2 || lower(words[1]) != "true") {
    fail("expected '@classLabel true' and the names of the classes, or '@classLabel false'");
  }
  Words classes(words.begin() + 2, words.end());
  const std::set<std::string> different(classes.begin(), classes.end());
  if (different.size() != classes.size()) {
    fail("@classLabel names a class twice");
  }
  if (classes.size() < 2) {
    fail(fmt::format("@classLabel names {} classes, expected two or more", classes.size()));
  }
  return classes;
}

template <class Value>
void set_once(std::optional<Value>& member, Value value, const Words& words, const Fail& fail) {
  if (member) {
    fail(fmt::format("{} comes twice", words[0]));
  }
  member = std::move(value);
}

}  // namespace

bool TsHeader::read_line(std::string_view line, const Fail& fail) {
  if (!line.starts_with('@')) {
    fail(fmt::format("{} stands above @data, expected a line that begins with @ or #",
                     in_quotes(line)));
  }
  const Words words = words_of(line);
  const std::string key = lower(words[0]);
  if (key == "@problemname") {
    // Its name is not used; files of the archive have two, and such of several words.
  } else if (key == "@timestamps") {
    set_once(time_stamps, truth_of(words, fail), words, fail);
    if (*time_stamps) {
      fail("@timeStamps is true, expected false: values with time stamps are not read");
    }
  } else if (key == "@missing") {
    set_once(missing, truth_of(words, fail), words, fail);
  } else if (key == "@univariate") {
    set_once(univariate, truth_of(words, fail), words, fail);
  } else if (key == "@dimensions" || key == "@dimension") {
    set_once(dimensions, count_of(words, fail), words, fail);
  } else if (key == "@equallength") {
    set_once(equal_length, truth_of(words, fail), words, fail);
  } else if (key == "@serieslength") {
    set_once(series_length, count_of(words, fail), words, fail);
  } else if (key == "@classlabel") {
    const Words names = classes_of(words, fail);
    set_once(labelled, !names.empty(), words, fail);
    classes = names;
  } else if (key == "@targetlabel") {
    fail("@targetLabel is for regression, expected @classLabel");
  } else if (key != "@data") {
    fail(unknown_name("line of the header", words[0], known_tags));
  } else if (!labelled) {
    fail("@data comes before @classLabel");
  } else if (univariate == true && dimensions.value_or(1) != 1) {
    fail(fmt::format("@univariate is true, but @dimensions is {}", *dimensions));
  }
  return key == "@data";
}

}  // namespace rondo::detail
