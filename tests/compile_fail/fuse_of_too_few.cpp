// expect: a lambda given to fuse takes one
#include "rondo/core/fuse.hpp"

rondo::Variable<float> f(const rondo::Variable<float>& x) {
  return rondo::fuse([](auto a) { return a; }, x, x);
}
