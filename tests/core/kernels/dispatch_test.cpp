#include "rondo/core/kernels/dispatch.hpp"

#include <cstdlib>
#include <string>

#include "rondo/tests/core/kernels/support.hpp"

namespace dispatch_test {

using namespace rondo::kernels;

namespace {

std::string request() {
  const char* const name = std::getenv("RONDO_INSTRUCTION_SET");
  return name == nullptr ? "" : name;
}

}  // namespace

// CTest runs this suite without a request, with each name and with an unknown one.
BOOST_AUTO_TEST_SUITE(kernels_dispatch)

BOOST_AUTO_TEST_CASE(a_supported_request_is_followed_and_any_other_gives_the_best_set) {
  InstructionSet expected = test::supported_sets().back();
  bool is_valid = request().empty();
  for (const InstructionSet set : test::supported_sets()) {
    if (request() == to_string(set)) {
      expected = set;
      is_valid = true;
    }
  }
  BOOST_TEST(to_string(instruction_set()) == to_string(expected));
  BOOST_TEST(instruction_set_request_is_valid() == is_valid);
}

BOOST_AUTO_TEST_CASE(the_baseline_runs_everywhere) {
  BOOST_TEST(is_supported(InstructionSet::baseline));
}

BOOST_AUTO_TEST_CASE(sets_have_the_names_that_a_request_uses) {
  BOOST_TEST(to_string(InstructionSet::baseline) == "baseline");
  BOOST_TEST(to_string(InstructionSet::avx2) == "avx2");
  BOOST_TEST(to_string(InstructionSet::avx512) == "avx512");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dispatch_test
