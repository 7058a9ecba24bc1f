// expect: a second layer with the same options is layer.clone()
#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"

void use(rondo::Sequential<float>& model, rondo::Dense<float>& dense) {
  model.add(dense);
}
