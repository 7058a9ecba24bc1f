// expect: a lambda given to fuse is run once, on symbols without values
#include "rondo/core/fuse.hpp"

rondo::Variable<float> f(const rondo::Variable<float>& x) {
  return rondo::fuse([](auto a) { return a > 0 ? a : -a; }, x);
}
