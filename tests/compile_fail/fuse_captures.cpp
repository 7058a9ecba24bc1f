// expect: a lambda given to fuse captures nothing
#include "rondo/core/fuse.hpp"

rondo::Variable<float> f(const rondo::Variable<float>& x) {
  float factor = 2;
  return rondo::fuse([factor](auto a) { return a * factor; }, x);
}
