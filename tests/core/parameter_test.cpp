#include "rondo/tests/support/check.hpp"

namespace parameter_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_parameter)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_parameter_has_a_value_and_a_gradient_of_zeros, T, RealTypes) {
  const Parameter<T> p("dense/kernel", Tensor<T>::from_values({1, 2}, {1, 2}));
  BOOST_TEST(p.path() == "dense/kernel");
  BOOST_TEST(p.shape() == (Shape{1, 2}));
  BOOST_TEST(p.trainable);
  BOOST_TEST(!p.has_grad());
  BOOST_TEST(!p.constraint);
  check_close(p.value(), {1, 2});
  check_close(p.grad(), {0, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(assign_copies_the_values_and_counts_as_a_change, T, RealTypes) {
  Parameter<T> p("p", Tensor<T>::zeros({2}));
  const T* const data = p.value().data();
  const std::uint64_t version = p.version();
  p.assign(Tensor<T>::from_values({2}, {3, 4}));
  check_close(p.value(), {3, 4});
  BOOST_TEST(p.value().data() == data);
  BOOST_TEST(p.version() > version);
}

BOOST_AUTO_TEST_CASE(values_of_another_shape_are_refused) {
  Parameter<float> p("dense/kernel", Tensor<float>::zeros({2, 3}));
  const std::uint64_t version = p.version();
  RONDO_CHECK_THROWS(
      p.assign(Tensor<float>::zeros({3, 2})),
      ShapeError,
      "[assign] parameter 'dense/kernel' has another shape: expected (2, 3), found (3, 2)");
  BOOST_TEST(p.version() == version);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(asking_for_the_value_to_change_counts_as_a_change, T, RealTypes) {
  Parameter<T> p("p", Tensor<T>::zeros({2}));
  const std::uint64_t version = p.version();
  p.mutable_value()[1] = T{5};
  BOOST_TEST(p.version() > version);
  check_close(p.value(), {0, 5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tape_aliases_the_value_and_the_gradient, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::from_values({2}, {3, 4}));
  const auto x = tape.parameter(p);
  BOOST_TEST(x.value().data() == p.value().data());
  tape.backward(sum(x * x));
  BOOST_TEST(x.grad().data() == p.grad().data());
  BOOST_TEST(p.has_grad());
  check_close(p.grad(), {6, 8});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_of_several_passes_add_up_until_zero_grad, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  for (int pass = 0; pass < 2; ++pass) {
    tape.reset();
    tape.backward(square(tape.parameter(p)));
  }
  check_close(p.grad(), {12});
  p.zero_grad();
  BOOST_TEST(!p.has_grad());
  check_close(p.grad(), {0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_that_the_loss_does_not_need_has_no_gradient,
                              T,
                              RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  tape.parameter(p);
  tape.backward(tape.variable(T{1}));
  BOOST_TEST(!p.has_grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_leaf_serves_a_whole_pass, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  Parameter<T> q("q", Tensor<T>::full({}, T{4}));
  for (int pass = 0; pass < 2; ++pass) {
    tape.reset();
    p.zero_grad();
    auto product = tape.parameter(q) * tape.parameter(p);
    product = product * tape.parameter(p);
    BOOST_TEST(tape.nodes().size() == 4U);
    tape.backward(product);
    check_close(p.grad(), {24});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_used_by_two_tapes_adds_up_both_gradients, T, RealTypes) {
  Tape<T> first;
  Tape<T> second;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  second.constant(T{0});  // the leaves lie at different places
  const auto in_first = first.parameter(p);
  const auto in_second = second.parameter(p);
  first.backward(in_first * first.parameter(p));
  second.backward(in_second * T{10});
  check_close(p.grad(), {16});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_changed_parameter_gets_a_leaf_of_its_own, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  tape.parameter(p);
  p.assign(Tensor<T>::full({}, T{4}));
  tape.parameter(p);
  BOOST_TEST(tape.nodes().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_leaf_made_without_gradient_does_not_serve_later, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  {
    const auto guard = tape.no_grad();
    BOOST_TEST(!tape.parameter(p).requires_grad());
  }
  tape.backward(square(tape.parameter(p)));
  check_close(p.grad(), {6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_that_is_not_trainable_is_a_constant, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  p.trainable = false;
  const auto x = tape.variable(T{2});
  const auto leaf = tape.parameter(p);
  tape.backward(x * leaf);
  check_close(x.grad(), {3});
  BOOST_TEST(!leaf.requires_grad());
  BOOST_TEST(!p.has_grad());
  check_close(p.grad(), {0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_may_be_the_loss, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({1}, T{3}));
  tape.backward(tape.parameter(p));
  check_close(p.grad(), {1});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace parameter_test
