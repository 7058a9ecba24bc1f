// Numbers in configs that no layer can have.
#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"

namespace from_config_sizes_test {

using namespace rondo;
using namespace rondo::test;

namespace {

void check_refused(const char* class_name, const char* options, const std::string& text) {
  const Config config{{"class_name", class_name}, {"config", Config::parse(options)}};
  BOOST_TEST_CONTEXT(options) {
    RONDO_CHECK_THROWS(static_cast<void>(make_layer<float>(config)), FormatError, text);
  }
}

Config constraint(const char* class_name, const char* axis) {
  return {{"class_name", class_name}, {"config", {{"axis", Config::parse(axis)}}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(from_config_sizes)

BOOST_AUTO_TEST_CASE(whole_numbers_are_not_cut_to_32_bits) {
  check_refused("GRUCell",
                R"({"units":2,"implementation":4294967298})",
                "[make_layer] GRUCell: 'implementation' must be a whole number of 32 bits, got "
                "4294967298");
  check_refused("GRUCell",
                R"({"units":2,"dropout_mask_count":4294967299})",
                "[make_layer] GRUCell: 'dropout_mask_count' must be a whole number of 32 bits, got "
                "4294967299");
  check_refused("LayerNormalization",
                R"({"axis":[4294967295]})",
                "[make_layer] LayerNormalization: 'axis' must be a whole number of 32 bits or an "
                "array of them, got [4294967295]");
  check_refused("LayerNormalization",
                R"({"axis":-9223372036854775808})",
                "[make_layer] LayerNormalization: 'axis' must be a whole number of 32 bits or an "
                "array of them, got -9223372036854775808");
}

BOOST_AUTO_TEST_CASE(an_axis_of_a_constraint_is_a_whole_number) {
  for (const char* const axis : {"1.7", "1e300", "-1e300", "4294967296", "18446744073709551615"}) {
    for (const char* const name : {"MaxNorm", "UnitNorm", "MinMaxNorm"}) {
      RONDO_CHECK_THROWS(static_cast<void>(make_constraint(constraint(name, axis))),
                         FormatError,
                         std::string("[constraint] ") + name +
                             ": 'axis' must be a whole number of 32 bits, got " +
                             to_text(Config::parse(axis)));
    }
  }
  BOOST_TEST(make_constraint(constraint("MaxNorm", "-1")).config().find("\"axis\":-1") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(sizes_that_overflow_are_named) {
#if !defined(__SANITIZE_ADDRESS__)  // which ends the program instead
  Dense<float> dense{{.units = std::size_t{2000000000000000000}}};
  RONDO_CHECK_THROWS(dense.build({1}),
                     ArgumentError,
                     "[dense/kernel] [tensor] there is no memory for shape (1, "
                     "2000000000000000000)");
#endif
  constexpr std::size_t wraps = 6148914691236517206;  // times 3 is 2
  const std::string problem =
      "units must be at most 4611686018427387903, got " + std::to_string(wraps);
  RONDO_CHECK_THROWS(GRU<float>({.units = wraps}), ArgumentError, "[GRU] " + problem);
  RONDO_CHECK_THROWS(LSTM<float>({.units = wraps}), ArgumentError, "[LSTM] " + problem);
  RONDO_CHECK_THROWS(
      V1GRUCell<float>({.num_units = wraps}), ArgumentError, "[V1GRUCell] num_" + problem);
  V1GRUCell<float> cell({.num_units = std::size_t{1} << 61});
  RONDO_CHECK_THROWS(cell.build({std::size_t{0} - 5}),
                     ArgumentError,
                     "[v1_gru_cell] 18446744073709551611 features and 2305843009213693952 units "
                     "overflow 64 bits");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace from_config_sizes_test
