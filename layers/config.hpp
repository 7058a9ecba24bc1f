/// A layer's options as JSON (nlohmann-json); include <nlohmann/json.hpp> to look inside.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace rondo {

using Config = nlohmann::ordered_json;

}  // namespace rondo
