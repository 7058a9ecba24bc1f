// expect: has no non-static data member named
// or: does not refer to any field
#include "rondo/layers/recurrent/gru.hpp"

rondo::GRU<float> use() {
  return rondo::GRU<float>(rondo::GRUOptions{.unit = 3});
}
