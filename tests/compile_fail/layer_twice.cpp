// expect: a model takes its layers over: Sequential{std::move(layer), ...}
#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"

void use() {
  rondo::Dense<float> dense({.units = 2});
  rondo::Sequential model{dense, dense};
}
