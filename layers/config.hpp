/// A layer's options as JSON (nlohmann-json); include <nlohmann/json.hpp> to look inside.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace rondo {

using Config = nlohmann::ordered_json;

/// JSON text on one line; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string to_text(const Config& config);

/// @return  a discarded value for a text that is not JSON, or nested deeper than 200 levels: to
/// print
///          a value takes a stack frame for each
[[nodiscard]] Config parse_config(std::string_view text);

}  // namespace rondo
