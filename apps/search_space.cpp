#include "rondo/apps/search_space.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "rondo/apps/option_value.hpp"
#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::apps {

namespace {

[[noreturn]] void refuse(const std::string& problem) {
  throw_argument_error("search", problem);
}

/// What trials have in common.
constexpr std::array<std::pair<std::string_view, const char*>, 7> not_searched{{
    {"csv", "losses on other data do not compare"},
    {"text", "losses on other data do not compare"},
    {"test", "rondo evaluate measures the best model"},
    {"epochs", "each trial gets the epochs of its rung, --epochs is the most"},
    {"any_order", "each trial is trained by one process"},
    {"tensorboard", "events of several trials do not go into one folder"},
    {"out", "there is one folder for all trials"},
}};

std::string read_value(const std::string& text, bool& target) {
  if (text != "true" && text != "false") {
    return "true or false";
  }
  target = text == "true";
  return {};
}

/// The numbers that an option is made of; void: it is none.
template <class V>
struct Number {
  using Type = std::conditional_t<std::is_arithmetic_v<V> && !std::is_same_v<V, bool>, V, void>;
};

template <class V>
struct Number<std::optional<V>> : Number<V> {};

template <class V>
struct Number<std::vector<V>> : Number<V> {};

enum class Numbers { none, whole, real };

/// @throws ArgumentError for an unknown key
Numbers numbers_of(const std::string& key) {
  std::optional<Numbers> found;
  std::vector<std::string> known;
  RunDescription any;
  for_each_option(any, [&]<class V>(const char* name, V&, const char*) {
    known.emplace_back(name);
    if (key == name) {
      using N = typename Number<V>::Type;
      found = std::is_void_v<N>       ? Numbers::none
              : std::is_integral_v<N> ? Numbers::whole
                                      : Numbers::real;
    }
  });
  if (!found) {
    refuse("--over: " + unknown_name("key", key, known));
  }
  return *found;
}

/// `16,32,64`, or with semicolons where values have commas.
std::vector<std::string> split(const std::string& list) {
  const char separator = list.find(';') != std::string::npos ? ';' : ',';
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(separator, begin), list.size());
    values.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return values;
}

double read_end(const std::string& key, const std::string& text) {
  double value = 0.0;
  if (const std::string expected = apps::read_value(text, value); !expected.empty()) {
    refuse(fmt::format(
        "--over {}: each end of a range must be {}, got '{}'", key, expected, printable(text)));
  }
  return value;
}

/// `a..b` or `a..b:log`
SearchRange read_range(const std::string& key, std::string text, Numbers numbers) {
  SearchRange range{.whole = numbers == Numbers::whole};
  if (const std::size_t colon = text.find(':'); colon != std::string::npos) {
    if (text.substr(colon) != ":log") {
      refuse(fmt::format("--over {}: behind a range comes :log or nothing, got '{}'",
                         key,
                         printable(text.substr(colon))));
    }
    range.log = true;
    text.resize(colon);
  }
  const std::size_t dots = text.find("..");
  range.low = read_end(key, text.substr(0, dots));
  range.high = read_end(key, text.substr(dots + 2));
  check(range, key);
  return range;
}

/// With digits that people can type again, if that does not lead out of the range.
std::string text_of(double value, const SearchRange& range) {
  if (range.whole) {
    return fmt::format("{:.0f}", value);
  }
  std::string text = fmt::format("{:.4g}", value);
  double rounded = 0.0;
  const bool is_read = apps::read_value(text, rounded).empty();
  return is_read && rounded >= range.low && rounded <= range.high ? text : fmt::format("{}", value);
}

}  // namespace

SearchSpace::SearchSpace(const std::vector<std::string>& over) {
  if (over.empty()) {
    refuse("--over is missing: name what to search, such as --over units=16,32,64");
  }
  for (const std::string& text : over) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals + 1 == text.size()) {
      refuse(fmt::format("--over must be KEY=VALUES, such as units=16,32,64, got '{}'",
                         printable(text)));
    }
    Option option{.key = text.substr(0, equals), .values = {}};
    const std::string values = text.substr(equals + 1);
    const Numbers numbers = numbers_of(option.key);
    for (const auto& [key, reason] : not_searched) {
      if (option.key == key) {
        refuse(fmt::format("--over: '{}' cannot be searched: {}", key, reason));
      }
    }
    if (has(option.key)) {
      refuse(fmt::format("--over: '{}' is given twice", option.key));
    }
    if (numbers != Numbers::none && values.find("..") != std::string::npos) {
      option.range = read_range(option.key, values, numbers);
    } else {
      option.values = split(values);
    }
    options_.push_back(std::move(option));
  }
  RunDescription any;
  for (const Value& value : ends()) {
    set_options(any, {value});  // has the right type
  }
}

std::vector<SearchSpace::Value> SearchSpace::trial(std::uint64_t seed, std::size_t number) const {
  std::vector<Value> result;
  for (const Option& option : options_) {
    Rng rng = trial_rng(seed, number, option.key);
    result.emplace_back(option.key,
                        option.range ? text_of(draw(*option.range, rng), *option.range)
                                     : option.values.at(rng.below(option.values.size())));
  }
  return result;
}

std::vector<SearchSpace::Value> SearchSpace::ends() const {
  std::vector<Value> result;
  for (const Option& option : options_) {
    for (const std::string& value : option.values) {
      result.emplace_back(option.key, value);
    }
    if (option.range) {
      result.emplace_back(option.key, text_of(option.range->low, *option.range));
      result.emplace_back(option.key, text_of(option.range->high, *option.range));
    }
  }
  return result;
}

bool SearchSpace::has(const std::string& key) const {
  return std::any_of(
      options_.begin(), options_.end(), [&](const Option& option) { return option.key == key; });
}

void set_options(RunDescription& run, const std::vector<SearchSpace::Value>& values) {
  for (const auto& [key, text] : values) {
    for_each_option(
        run, [&, &name = key, &value = text](const char* option, auto& target, const char*) {
          if (name != option) {
            return;
          }
          const std::string expected = value.empty() ? "a value" : read_value(value, target);
          if (!expected.empty()) {
            refuse(fmt::format(
                "--over {}: each value must be {}, got '{}'", name, expected, printable(value)));
          }
        });
  }
}

}  // namespace rondo::apps
