// Stands in for peer_libtorch.cpp where libtorch is not installed.
#include "rondo/bench/tape_suite.hpp"

namespace rondo::bench {

std::vector<Case> libtorch_tape_cases() {
  return {};
}

}  // namespace rondo::bench
