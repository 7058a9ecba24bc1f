/// A layer's options as JSON.
#pragma once

#include "rondo/core/json.hpp"

namespace rondo {

using Config = Json;

}  // namespace rondo
