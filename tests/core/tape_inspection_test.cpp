#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace tape_inspection_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_tape_inspection)

BOOST_AUTO_TEST_CASE_TEMPLATE(total_loss_adds_the_penalties_of_the_pass, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  tape.add_loss(x * T{10});
  tape.add_loss(reshape(x * x, Shape{1, 1}));
  BOOST_TEST(tape.losses().size() == 2U);
  const auto total = total_loss(x * T{100});
  BOOST_TEST(total.item() == T{339});
  tape.backward(total);
  check_close(x.grad(), {116});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_penalties_the_total_is_the_loss, T, RealTypes) {
  Tape<T> tape;
  const auto loss = tape.variable(T{3});
  BOOST_TEST(total_loss(loss).item() == T{3});
  BOOST_TEST(tape.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_forgets_the_penalties, T, RealTypes) {
  Tape<T> tape;
  tape.add_loss(tape.variable(T{3}));
  tape.reset();
  BOOST_TEST(tape.losses().empty());
}

BOOST_AUTO_TEST_CASE(a_penalty_of_several_elements_is_refused) {
  Tape<float> tape;
  RONDO_CHECK_THROWS(tape.add_loss(tape.variable(Tensor<float>::zeros({2}))),
                     ShapeError,
                     "[add_loss] a penalty must have one element: found (2)");
  BOOST_TEST(tape.losses().empty());
}

BOOST_AUTO_TEST_CASE(the_total_of_a_loss_of_several_elements_is_refused) {
  Tape<float> tape;
  tape.add_loss(tape.variable(1.0F));
  RONDO_CHECK_THROWS(static_cast<void>(total_loss(tape.variable(Tensor<float>::zeros({2})))),
                     ShapeError,
                     "[total_loss] the loss must have one element: loss (2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(check_finite_names_the_first_op_with_a_bad_result, T, RealTypes) {
  Tape<T> tape({.check_finite = true});
  const auto x = tape.variable(Tensor<T>::from_values({2}, {1, 0}));
  const auto y = x * T{2};
  RONDO_CHECK_THROWS(
      log(y), StateError, "[log] node 2 of the tape has a result that is not finite: result (2)");
  RONDO_CHECK_THROWS(
      y * std::numeric_limits<T>::quiet_NaN(),
      StateError,
      "[scale_shift] node 3 of the tape has a result that is not finite: result (2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(check_finite_names_the_op_with_a_bad_gradient, T, RealTypes) {
  Tape<T> tape({.check_finite = true});
  const auto x = tape.variable(T{0});
  const auto loss = sqrt(x * x) + T{1};
  RONDO_CHECK_THROWS(
      tape.backward(loss),
      StateError,
      "[sqrt] backward: the gradient of input 0 is not finite: input (), made by multiply");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(values_are_not_checked_unless_asked_for, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{0});
  tape.backward(sqrt(x));
  BOOST_TEST(std::isinf(x.grad()[0]));
}

BOOST_AUTO_TEST_CASE(a_tape_is_printed_op_by_op) {
  Tape<float> tape;
  Parameter<float> kernel("dense/kernel", Tensor<float>::zeros({3, 2}));
  const auto x = tape.constant(Tensor<float>::zeros({4, 3}));
  const auto y = matmul(x, tape.parameter(kernel));
  const auto exponential = exp(y);
  tape.backward(sum(exponential * tape.constant(2.0F)));
  // Each allocation begins at a multiple of 16. An op's are: 4 bytes for each input, the result, what
  // the rule keeps (1 of exp, 24 of sum, 1 of reshape, whose result is its input's).
  BOOST_TEST(to_string(tape) ==
             "  node  op                     shape                    bytes  inputs\n"
             "     0  constant               (4, 3)                      48  (no gradient)\n"
             "     1  dense/kernel           (3, 2)                       0  \n"
             "     2  matmul                 (4, 2)                      48  0 1\n"
             "     3  exp                    (4, 2)                      49  2\n"
             "     4  constant               ()                          19  (no gradient)\n"
             "     5  multiply               (4, 2)                      60  3 4\n"
             "     6  sum                    (1, 1)                      56  5\n"
             "     7  reshape                ()                          25  6\n"
             "8 nodes, 305 bytes of values, " +
                 std::to_string(tape.gradients().bytes_in_use()) + " bytes of gradients\n");
}

BOOST_AUTO_TEST_CASE(a_long_name_does_not_run_into_the_shape) {
  Tape<double> tape;
  Parameter<double> p("bidirectional/forward_gru/gru_cell/kernel", Tensor<double>::zeros({2}));
  tape.parameter(p);
  const std::string text = to_string(tape);
  BOOST_TEST(text.find("gru_cell/kernel (2)") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(an_empty_tape_is_printed_with_its_totals) {
  BOOST_TEST(to_string(Tape<double>()) ==
             "  node  op                     shape                    bytes  inputs\n"
             "0 nodes, 0 bytes of values, 0 bytes of gradients\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tape_inspection_test
