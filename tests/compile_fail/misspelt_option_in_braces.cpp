// expect: is an option misspelt? GRUOptions{...} says which
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"

void use() {
  rondo::Sequential model{rondo::GRU{{.unit = 3}}};
}
