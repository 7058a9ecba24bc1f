/// JSON, read and printed in one place; include <nlohmann/json.hpp> to look inside.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace rondo {

using Json = nlohmann::ordered_json;

/// JSON text, on one line unless `indent` is 0 or more.
/// @throws ArgumentError if a text in it is not UTF-8
[[nodiscard]] std::string to_text(const Json& json, int indent = -1);

/// JSON on one line, cut to about 80 bytes: for the text of an error.
[[nodiscard]] std::string to_short_text(const Json& json);

/// Strict JSON: a key that comes twice in one object is refused too.
/// @param deepest  levels of nesting; to print a value takes a stack frame for each
/// @param problem  if given, gets what is wrong with the text: "is not JSON: error at byte 7"
/// @return         a discarded value (`is_discarded()`) if anything is wrong
[[nodiscard]] Json parse_json(std::string_view text,
                              std::size_t deepest = 200,
                              std::string* problem = nullptr);

/// Strict JSON that is one large object: each member is handed over when it is complete, and none
/// is kept. One of more than 200,000 values is refused. What `visit` throws ends the reading. A key
/// of the object that comes twice is the visitor's to find.
/// @return false if anything is wrong, as above
[[nodiscard]] bool parse_members(
    std::string_view text,
    std::size_t deepest,
    const std::function<void(const std::string& key, Json&& value)>& visit,
    std::string* problem);

}  // namespace rondo
