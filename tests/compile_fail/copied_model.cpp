// expect: a layer has its weights: pass it on with std::move, make another with clone()
#include "rondo/layers/sequential.hpp"

rondo::Sequential<float> use(const rondo::Sequential<float>& model) {
  return model;
}
