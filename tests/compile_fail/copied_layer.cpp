// expect: a layer has its weights: pass it on with std::move, make another with clone()
#include "rondo/layers/dense.hpp"

rondo::Dense<float> use(const rondo::Dense<float>& dense) {
  return dense;
}
