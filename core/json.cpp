// The parser and the printer are instantiated here alone: they take seconds to compile.
#include "rondo/core/json.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo {

namespace {

using Visitor = std::function<void(const std::string&, Json&&)>;

/// Of a member that is handed over: what a small file can make of it in memory has an end.
constexpr std::size_t most_values = 200'000;

struct Refused {
  std::string problem;
};

/// Builds a value from the parser's events. Json::parse would search an object for every key of
/// it, take the last of two values of one key, and nest as deeply as the text does.
class Builder {
 public:
  Builder(std::size_t deepest, const Visitor* visit) : deepest_(deepest), visit_(visit) {}

  [[nodiscard]] Json& root() { return root_; }

  // What the parser calls.

  bool null() { return add(nullptr); }

  bool boolean(bool value) { return add(value); }

  bool number_integer(std::int64_t value) { return add(value); }

  bool number_unsigned(std::uint64_t value) { return add(value); }

  bool number_float(double value, const std::string&) { return add(value); }

  bool string(std::string& value) { return add(std::move(value)); }

  bool binary(const Json::binary_t&) { return false; }  // no part of JSON as a text

  bool start_object(std::size_t) { return open(Json::object()); }

  bool key(std::string& key) {
    key_ = std::move(key);
    return true;
  }

  bool end_object() {
    check_keys(open_.back()->get_ref<const Json::object_t&>());
    return close();
  }

  bool start_array(std::size_t) { return open(Json::array()); }

  bool end_array() { return close(); }

  [[noreturn]] static bool parse_error(std::size_t byte,
                                       const std::string&,
                                       const nlohmann::detail::exception& error) {
    if (dynamic_cast<const Json::out_of_range*>(&error) != nullptr) {
      throw Refused{"has a number that is too large"};
    }
    throw Refused{fmt::format("is not JSON: error at byte {}", byte)};
  }

 private:
  Json& place(Json&& value) {
    if (++values_ > most_values && visit_ != nullptr) {
      throw Refused{fmt::format("has more than {} values in one member", most_values)};
    }
    if (open_.empty()) {
      return root_ = std::move(value);
    }
    if (open_.back()->is_array()) {
      return open_.back()->get_ref<Json::array_t&>().emplace_back(std::move(value));
    }
    auto& object = open_.back()->get_ref<Json::object_t&>();
    return object.emplace_back(std::move(key_), std::move(value)).second;
  }

  bool add(Json&& value) {
    place(std::move(value));
    return hand_over();
  }

  bool open(Json&& container) {
    if (open_.size() == deepest_) {
      throw Refused{"is nested too deeply"};
    }
    open_.push_back(&place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return hand_over();
  }

  /// A member of the root that is complete.
  bool hand_over() {
    if (visit_ != nullptr && open_.size() == 1 && root_.is_object()) {
      auto& members = root_.get_ref<Json::object_t&>();
      (*visit_)(members.back().first, std::move(members.back().second));
      members.pop_back();
      values_ = 0;
    }
    return true;
  }

  static void check_keys(const Json::object_t& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const auto& member : object) {
      keys.emplace_back(member.first);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) {
      throw Refused{fmt::format("has the key {} twice", to_short_text(*twice))};
    }
  }

  std::size_t deepest_;
  const Visitor* visit_;
  Json root_;
  std::vector<Json*> open_;  // from the root to the innermost; only the last one grows
  std::string key_;
  std::size_t values_ = 0;  // of the present member
};

/// @return what is wrong; empty: nothing
std::string parse(std::string_view text, Builder& builder) {
  if (const auto nul = text.find('\0'); nul != text.npos) {  // the parser would stop there
    return fmt::format("is not JSON: error at byte {}", nul + 1);
  }
  try {
    return Json::sax_parse(text, &builder) ? "" : "is not JSON";
  } catch (const Refused& refused) {
    return refused.problem;
  }
}

/// The first text that is not UTF-8.
std::string find_bad_text(const Json& json) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    return find_invalid_utf8(text) ? text : "";
  }
  std::string found;
  if (!json.is_structured()) {
    return found;
  }
  for (auto item = json.begin(); found.empty() && item != json.end(); ++item) {
    if (json.is_object() && find_invalid_utf8(item.key())) {
      found = item.key();
    } else {
      found = find_bad_text(*item);
    }
  }
  return found;
}

}  // namespace

std::string to_text(const Json& json, int indent) {
  try {
    return json.dump(indent);
  } catch (const Json::type_error&) {
    throw_argument_error("json",
                         fmt::format("{} is not UTF-8, it cannot be written as JSON",
                                     in_quotes(find_bad_text(json))));
  }
}

std::string to_short_text(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::size_t end = 80;
  if (text.size() <= end) {
    return text;
  }
  const auto continues = [&](std::size_t at) { return (text[at] & '\xC0') == '\x80'; };
  while (continues(end)) {  // not inside a character of UTF-8
    --end;
  }
  return text.substr(0, end) + "…";
}

Json parse_json(std::string_view text, std::size_t deepest, std::string* problem) {
  Builder builder(deepest, nullptr);
  if (std::string wrong = parse(text, builder); !wrong.empty()) {
    if (problem != nullptr) {
      *problem = std::move(wrong);
    }
    return Json::value_t::discarded;
  }
  return std::move(builder.root());
}

bool parse_members(std::string_view text,
                   std::size_t deepest,
                   const Visitor& visit,
                   std::string* problem) {
  Builder builder(deepest, &visit);
  std::string wrong = parse(text, builder);
  if (wrong.empty() && !builder.root().is_object()) {
    wrong = "is not a JSON object";
  }
  const bool sound = wrong.empty();
  if (problem != nullptr) {
    *problem = std::move(wrong);
  }
  return sound;
}

}  // namespace rondo
