#include "rondo/core/graph.hpp"

#include <cmath>

#include "rondo/core/ops.hpp"
#include "rondo/tests/support/check.hpp"

namespace graph_test {

using namespace rondo;

BOOST_AUTO_TEST_SUITE(core_graph)

BOOST_AUTO_TEST_CASE(a_picture_shows_ops_shapes_and_what_gradients_reach) {
  Parameter<float> w("a\"b/kernel", Tensor<float>::full({2}, 1.0F));
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::full({2}, 3.0F));
  sum(x * tape.parameter(w));
  BOOST_TEST(to_dot(tape) ==
             "digraph tape {\n"
             "  rankdir=TB;\n"
             "  node [fontname=\"sans-serif\", fontsize=10];\n"
             "  n0 [label=\"constant\", shape=box, color=grey, fontcolor=grey];\n"
             "  n1 [label=\"parameter a\\\"b/kernel\", shape=box, style=filled, "
             "fillcolor=lightblue];\n"
             "  n2 [label=\"multiply\", shape=ellipse];\n"
             "  n0 -> n2 [label=\"(2)\", fontsize=8];\n"
             "  n1 -> n2 [label=\"(2)\", fontsize=8];\n"
             "  n3 [label=\"sum\", shape=ellipse];\n"
             "  n2 -> n3 [label=\"(2)\", fontsize=8];\n"
             "  n4 [label=\"reshape\", shape=ellipse];\n"
             "  n3 -> n4 [label=\"(1)\", fontsize=8];\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(the_first_values_that_are_not_finite_are_found) {
  Tape<double> tape;
  const auto x = tape.variable(Tensor<double>::from_values({2}, {1.0, -1.0}));
  const auto y = exp(x);
  BOOST_TEST(!first_not_finite(tape).has_value());
  sum(log(x) * y);
  BOOST_TEST(first_not_finite(tape).value() == "node 2, log (2), made from node 0, variable");
}

BOOST_AUTO_TEST_CASE(norms_of_gradients_are_euclidean) {
  Parameter<double> used("used", Tensor<double>::from_values({2}, {3.0, 4.0}));
  Parameter<double> unused("unused", Tensor<double>::zeros({2}));
  Tape<double> tape;
  tape.backward(sum(square(tape.parameter(used))));
  const auto norms = gradient_norms(std::vector<Parameter<double>*>{&used, &unused});
  BOOST_REQUIRE(norms.size() == 2U);
  BOOST_TEST(norms[0].norm.value() == 10.0);
  BOOST_TEST(!norms[1].norm.has_value());
  BOOST_TEST(to_string(std::span<const GradientNorm>(norms)) ==
             "parameter                                    gradient\n"
             "used                                               10\n"
             "unused                                           none\n");
}

// ---- profile ----

BOOST_AUTO_TEST_CASE(a_profile_counts_ops_time_and_bytes) {
  Tape<float> tape({.profile = true});
  for (int pass = 0; pass < 2; ++pass) {
    tape.reset();
    const auto x = tape.variable(Tensor<float>::full({1000}, 1.0F));
    tape.backward(sum(tanh(x) * tanh(x)));
  }
  const auto ops = profile(tape);
  BOOST_REQUIRE(ops.size() == 4U);  // sum is an op and a change of shape
  std::size_t count = 0;
  for (const OpProfile& op : ops) {
    count += op.count;
    BOOST_TEST(op.forward > 0.0);
    BOOST_TEST(op.backward > 0.0);
    if (op.name == "tanh") {
      BOOST_TEST(op.count == 2U);
      BOOST_TEST(op.bytes >= 3U * 4000U);  // two results, one gradient of x
    }
  }
  BOOST_TEST(count == 5U);
  BOOST_TEST(ops[0].forward + ops[0].backward >= ops[1].forward + ops[1].backward);
}

BOOST_AUTO_TEST_CASE(a_profile_is_a_table_with_totals) {
  const std::vector<OpProfile> ops{{"matmul", 2, 3e-6, 6e-6, 64}, {"tanh", 1, 1e-6, 0.0, 8}};
  BOOST_TEST(
      to_string(std::span<const OpProfile>(ops)) ==
      "op                             count   forward us  backward us        bytes   share\n"
      "matmul                             2          3.0          6.0           64   90.0%\n"
      "tanh                               1          1.0          0.0            8   10.0%\n"
      "total                              3          4.0          6.0           72  100.0%\n");
}

BOOST_AUTO_TEST_CASE(a_profile_is_switched_on_from_one_pass_to_the_next) {
  Tape<float> tape;
  const auto record = [&] {
    tape.reset();
    tape.backward(sum(tape.variable(Tensor<float>::full({3}, 1.0F))));
  };
  record();
  const std::string text = "[profile] this pass is not measured: make the tape with profile = true";
  RONDO_CHECK_THROWS(profile(tape), StateError, text);
  tape.set_profile(true);
  record();
  BOOST_TEST(profile(tape).size() == 2U);
  tape.set_profile(false);
  record();
  RONDO_CHECK_THROWS(profile(tape), StateError, text);
}

BOOST_AUTO_TEST_CASE(results_and_gradients_are_the_same_with_a_profile) {
  std::vector<float> found;
  for (const bool profile : {false, true}) {
    Tape<float> tape({.profile = profile});
    const auto x = tape.variable(test::random_tensor<float>({7}, 1));
    tape.backward(sum(tanh(x)));
    found.insert(found.end(), x.grad().begin(), x.grad().end());
  }
  BOOST_TEST(std::equal(found.begin(), found.begin() + 7, found.begin() + 7));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace graph_test
