// expect: a function of LambdaCallback takes the arguments of Hook
#include "rondo/optim/callbacks/lambda_callback.hpp"

rondo::LambdaCallback<float> use() {
  return rondo::LambdaCallback<float>({.on_epoch_end = [](std::size_t, const rondo::Logs&) {}});
}
