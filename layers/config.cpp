// The parser and the printer are instantiated here alone: they take seconds to compile.
#include "rondo/layers/config.hpp"

#include <nlohmann/json.hpp>

namespace rondo {

std::string to_text(const Config& config) {
  return config.dump(-1, ' ', false, Config::error_handler_t::replace);
}

Config parse_config(std::string_view text) {
  const auto not_too_deep = [](int depth, Config::parse_event_t, const Config&) {
    return depth < 200;
  };
  return Config::parse(text, not_too_deep, /*allow_exceptions=*/false);
}

}  // namespace rondo
