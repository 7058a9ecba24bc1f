/// Where the values of weights come from if a build does not make them.
#pragma once

#include <functional>
#include <string>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// The value of the weight with this path and shape. Throws if there is none, before memory for it
/// is asked for: sizes in a config then cannot ask for more than the source holds (D54).
template <Real T>
using WeightSource = std::function<Tensor<T>(const std::string& path, const Shape& shape)>;

}  // namespace rondo
