/// What `config()` of a layer writes; for the sources of layers.
#pragma once

#include "rondo/layers/detail/choices.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

template <class L, class Options, class Base>
Config LayerWith<L, Options, Base>::config() const {
  Config result = Base::config();
  write_options(result["config"], options_);
  return result;
}

}  // namespace rondo
