// expect: is an option misspelt?
#include "rondo/optim/adam.hpp"

rondo::Adam<float> use() {
  return rondo::Adam<float>({.learning_rat = 0.1});
}
