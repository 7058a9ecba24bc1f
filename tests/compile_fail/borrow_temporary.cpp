// expect: borrow keeps no copy and this tensor is a temporary
#include "rondo/core/tape.hpp"

void use(rondo::Tape<float>& tape) {
  tape.borrow(rondo::Tensor<float>::zeros({2}));
}
