#include "rondo/tests/support/layer_test.hpp"

namespace rondo::test {

void report(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    BOOST_ERROR(problem);
  }
}

}  // namespace rondo::test
