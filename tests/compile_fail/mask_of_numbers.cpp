// expect: a mask is a Tensor<bool>, true where a step is valid
#include "rondo/layers/recurrent/gru.hpp"

void use(rondo::GRU<float>& layer, const rondo::Variable<float>& x) {
  layer(x, {.mask = rondo::Tensor<float>::zeros({2, 3})});
}
