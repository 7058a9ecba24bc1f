// expect: the function of a Model takes ModelCall<T>& (auto&) and returns its output
#include "rondo/layers/dense.hpp"
#include "rondo/layers/model.hpp"

void use() {
  rondo::Model model{[](int x) { return x; }, rondo::Dense{{.units = 3}}};
}
