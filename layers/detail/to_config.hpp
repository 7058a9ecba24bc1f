/// For the sources of layers: a named function as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "rondo/layers/config.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

template <template <class> class Signature>
Config to_config(const NamedFunction<Signature>& function) {
  return parse_json(function.config());
}

}  // namespace rondo
