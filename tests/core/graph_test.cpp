#include "rondo/core/graph.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

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
             "  n1 [label=\"parameter a\\\"b/kernel\", shape=box, style=filled, "
             "fillcolor=lightblue];\n"
             "  n0 [label=\"constant\", shape=box, color=grey, fontcolor=grey];\n"
             "  n2 [label=\"multiply\", shape=ellipse];\n"
             "  n3 [label=\"sum\", shape=ellipse];\n"
             "  n4 [label=\"reshape\", shape=ellipse];\n"
             "  n0 -> n2 [label=\"(2)\", fontsize=8];\n"
             "  n1 -> n2 [label=\"(2)\", fontsize=8];\n"
             "  n2 -> n3 [label=\"(2)\", fontsize=8];\n"
             "  n3 -> n4 [label=\"(1)\", fontsize=8];\n"
             "}\n");
}

// ---- parts ----

namespace {

/// exp outside, tanh in `layer / step 3`, square in `layer`.
void record_parts(Tape<float>& tape, Parameter<float>& w) {
  auto x = exp(tape.variable(1.0F));
  const auto layer = tape.scope("layer");
  {
    const auto step = tape.scope("step", 3);
    x = tanh(x * tape.parameter(w));
  }
  square(x);
}

}  // namespace

BOOST_AUTO_TEST_CASE(parts_of_a_tape_are_headings_of_its_table) {
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  Tape<float> tape;
  record_parts(tape, w);
  exp(tape.constant(2.0F));  // the scope of the function above has ended
  const std::string text = to_string(tape);
  std::vector<std::string> found;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const std::string line = text.substr(begin, text.find('\n', begin) - begin);
    found.push_back(line[5] == ' ' ? line.substr(8) : line.substr(8, line.find(' ', 8) - 8));
  }
  const std::vector<std::string> expected{"op",
                                          "variable",
                                          "exp",
                                          "[layer / step 3]",
                                          "w",
                                          "multiply",
                                          "tanh",
                                          "[layer]",
                                          "square",
                                          "[outside]",
                                          "constant",
                                          "exp"};
  BOOST_TEST(std::vector(found.begin(), found.end() - 1) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parts_of_a_tape_are_groups_of_its_picture) {
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  Tape<float> tape;
  record_parts(tape, w);
  const std::string text = to_dot(tape);
  const std::string groups =
      "  n0 [label=\"variable\", shape=box];\n"
      "  n1 [label=\"exp\", shape=ellipse];\n"
      "  subgraph cluster_0 {\n"
      "    label=\"layer\";\n"
      "    subgraph cluster_1 {\n"
      "      label=\"step 3\";\n"
      "      n3 [label=\"multiply\", shape=ellipse];\n"
      "      n4 [label=\"tanh\", shape=ellipse];\n"
      "    }\n"
      "    n5 [label=\"square\", shape=ellipse];\n"
      "  }\n"
      "  n0 -> n1";
  BOOST_TEST(text.find(groups) != std::string::npos, text);
  BOOST_TEST(text.find("n2 [label=\"parameter w\"") < text.find("cluster_0"));  // outside
}

BOOST_AUTO_TEST_CASE(parts_end_with_the_pass) {
  Tape<float> tape;
  {
    const auto part = tape.scope("part");
    tape.variable(1.0F);
    tape.reset();
    BOOST_TEST(tape.scopes().empty());
    const auto other = tape.scope("other");
    tape.variable(1.0F);
  }
  BOOST_REQUIRE(tape.scopes().size() == 1U);
  BOOST_TEST(tape.scopes()[0].first == 0U);
  BOOST_TEST(tape.scopes()[0].last == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_leaves_its_part) {
  Tape<float> tape;
  const auto x = tape.variable(1.0F);
  const auto fail = [&](TensorView<float>) {
    const auto part = tape.scope("part");
    tape.constant(1.0F);
    throw std::runtime_error("no");
  };
  BOOST_CHECK_THROW(tape.record("op", std::span(&x, 1), {}, fail, [](const Gradients<float>&) {}),
                    std::runtime_error);
  tape.constant(1.0F);
  tape.constant(1.0F);
  BOOST_REQUIRE(tape.scopes().size() == 1U);
  BOOST_TEST(tape.scopes()[0].last <= tape.scopes()[0].first);
}

// ---- memory ----

namespace {

/// The sum of the column `bytes`.
std::size_t bytes_of(const std::string& table) {
  std::size_t sum = 0;
  std::size_t begin = table.find('\n') + 1;
  for (; table.find("nodes, ", begin) > table.find('\n', begin);
       begin = table.find('\n', begin) + 1) {
    sum += std::stoul(table.substr(begin + 51, 10));
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_bytes_of_all_ops_are_those_of_the_tape) {
  Tape<double> tape({.profile = true});
  const auto x = tape.variable(Tensor<double>::full({3000}, 1.0));
  const auto saved = tape.array<double>(100'000);  // more than a block; an op asks for it in front
  const auto y = tape.record(
      "op",
      std::span(&x, 1),
      {3000},
      [&](TensorView<double> result) { std::fill_n(result.data(), 3000, saved.size()); },
      std::array<double, 4>{},
      [](const Gradients<double>& g, const std::array<double, 4>&) {
        static_cast<void>(g.workspace<double>(500));
        static_cast<void>(g.of(0));
      });
  tape.backward(sum(y));
  BOOST_TEST(bytes_of(to_string(tape)) == tape.values().bytes_in_use());
  std::size_t total = 0;
  for (const OpProfile& op : profile(tape)) {
    total += op.bytes;
    if (op.name == "op") {  // buffer, result, saved values; gradient of x, workspace
      BOOST_TEST(op.bytes >= 8U * (100'000 + 3000 + 4 + 3000 + 500));
    }
  }
  BOOST_TEST(total == tape.values().bytes_in_use() + tape.gradients().bytes_in_use());
  tape.backward(sum(y));  // gradients are those of the last one
  static_cast<void>(tape.array<double>(10));
  BOOST_TEST(bytes_of(to_string(tape)) == tape.values().bytes_in_use());
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
  BOOST_REQUIRE(ops.size() == 5U);  // sum is an op and a change of shape
  std::size_t count = 0;
  for (const OpProfile& op : ops) {
    count += op.count;
    if (op.name == "variable") {
      BOOST_TEST(op.bytes == 4000U);  // a copy
      BOOST_TEST(op.forward == 0.0);
      continue;
    }
    BOOST_TEST(op.forward > 0.0);
    BOOST_TEST(op.backward > 0.0);
    if (op.name == "tanh") {
      BOOST_TEST(op.count == 2U);
      BOOST_TEST(op.bytes >= 3U * 4000U);  // two results, one gradient of x
    }
  }
  BOOST_TEST(count == 6U);
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
  BOOST_TEST(profile(tape).size() == 3U);
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
