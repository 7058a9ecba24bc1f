// The parser and the printer are instantiated here alone: they take seconds to compile.
#include "rondo/core/json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace rondo {

namespace {

struct Refused {
  std::string problem;
};

/// What Json::parse would accept: a key twice (the last would win), and any depth.
class StructureChecker {
 public:
  explicit StructureChecker(std::size_t deepest) : deepest_(deepest) {}

  void operator()(Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        if (keys_.size() == deepest_) {
          throw Refused{"is nested too deeply"};
        }
        keys_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        keys_.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!keys_.back().insert(parsed.get_ref<const std::string&>()).second) {
          throw Refused{fmt::format("has the key {} twice", to_short_text(parsed))};
        }
        break;
      case Json::parse_event_t::value:
        break;
    }
  }

 private:
  std::size_t deepest_;
  std::vector<std::set<std::string>> keys_;
};

Json parse(std::string_view text, std::size_t deepest) {
  if (const auto nul = text.find('\0'); nul != text.npos) {  // the parser would stop there
    throw Refused{fmt::format("is not JSON: error at byte {}", nul + 1)};
  }
  StructureChecker check(deepest);
  try {
    return Json::parse(text, [&](int, Json::parse_event_t event, const Json& parsed) {
      check(event, parsed);
      return true;
    });
  } catch (const Json::parse_error& error) {
    throw Refused{fmt::format("is not JSON: error at byte {}", error.byte)};
  } catch (const Json::out_of_range&) {
    throw Refused{"has a number that is too large"};
  }
}

}  // namespace

std::string to_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string to_short_text(const Json& json) {
  const std::string text = to_text(json);
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
  try {
    return parse(text, deepest);
  } catch (const Refused& refused) {
    if (problem != nullptr) {
      *problem = refused.problem;
    }
    return Json::value_t::discarded;
  }
}

}  // namespace rondo
