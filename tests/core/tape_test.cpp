#include <cmath>
#include <memory>

#include "rondo/tests/support/check.hpp"

namespace tape_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

/// Doubles x and counts how often its rule runs.
template <Real T>
Variable<T> counted(const Variable<T>& x, int* runs) {
  struct Saved {
    int* runs;
  };

  return x.tape().record(
      "counted",
      std::array{x},
      x.shape(),
      [&](TensorView<T> y) { y[0] = 2 * x.value()[0]; },
      Saved{runs},
      [](const Gradients<T>& g, const Saved& saved) {
        ++*saved.runs;
        g.of(0)[0] += 2 * g.grad()[0];
      });
}

// Variables and parameters point at their tape and at one another: neither can move.
static_assert(!std::is_copy_constructible_v<Tape<float>>);
static_assert(!std::is_move_constructible_v<Tape<float>>);
static_assert(!std::is_copy_constructible_v<Parameter<float>>);
static_assert(!std::is_move_constructible_v<Parameter<float>>);
static_assert(!std::is_move_constructible_v<Arena>);

}  // namespace

BOOST_AUTO_TEST_SUITE(core_tape)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_variable_used_twice_receives_both_gradients, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2}, {3, -1}));
  tape.backward(sum(x * x + x));
  check_close(x.grad(), {7, -1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_branch_that_does_not_reach_the_loss_is_not_run, T, RealTypes) {
  Tape<T> tape;
  int used = 0;
  int unused = 0;
  const auto x = tape.variable(T{3});
  const auto loss = counted(x, &used);
  const auto branch = counted(x, &unused);
  const auto loss_of_both = counted(loss, &used);
  tape.backward(loss_of_both);
  BOOST_TEST(used == 2);
  BOOST_TEST(unused == 0);
  BOOST_TEST(!branch.grad());
  check_close(x.grad(), {4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ops_after_the_loss_do_not_matter, T, RealTypes) {
  Tape<T> tape;
  int runs = 0;
  const auto x = tape.variable(T{3});
  const auto loss = x * x;
  counted(loss, &runs);
  tape.backward(loss);
  BOOST_TEST(runs == 0);
  check_close(x.grad(), {6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_gradient_arrives_at_the_ops_in_between, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const auto y = x * x;
  const auto loss = y * T{5};
  BOOST_TEST(!y.grad());
  tape.backward(loss);
  check_close(y.grad(), {5});
  check_close(loss.grad(), {1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repeated_backward_starts_variables_afresh, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const auto loss = x * x;
  tape.backward(loss);
  tape.backward(loss);
  check_close(x.grad(), {6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repeated_backward_adds_to_parameters, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  const auto loss = square(tape.parameter(p));
  tape.backward(loss);
  tape.backward(loss);
  check_close(p.grad(), {12});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_losses_of_a_pass_are_differentiated_one_by_one, T, RealTypes) {
  Tape<T> tape;
  Parameter<T> p("p", Tensor<T>::full({}, T{3}));
  const auto x = tape.variable(T{2});
  const auto first = x * tape.parameter(p);
  const auto second = first * T{10};
  tape.backward(second);
  check_close(x.grad(), {30});
  tape.backward(first);
  check_close(x.grad(), {3});
  BOOST_TEST(!second.grad());
  check_close(p.grad(), {20 + 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_leaf_may_be_the_loss, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  tape.backward(x);
  check_close(x.grad(), {1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_of_one_element_may_have_axes, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::full({1, 1}, T{3}));
  tape.backward(x * x);
  check_close(x.grad(), {6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(constants_receive_no_gradient, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const auto c = tape.constant(T{4});
  tape.backward(x * c);
  BOOST_TEST(x.requires_grad());
  BOOST_TEST(!c.requires_grad());
  BOOST_TEST(!c.grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leaves_copy_their_values, T, RealTypes) {
  Tape<T> tape;
  auto values = Tensor<T>::from_values({2}, {1, 2});
  const auto c = tape.constant(values);
  const auto x = tape.variable(values.view());
  values.data()[0] = T{9};
  check_close(c, {1, 2});
  check_close(x, {1, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_borrowed_value_is_not_copied_and_needs_no_gradient, T, RealTypes) {
  Tape<T> tape;
  const auto values = Tensor<T>::from_values({2}, {1, 2});
  const auto x = tape.borrow(values);
  BOOST_TEST(x.value().data() == values.data());
  BOOST_TEST(!x.requires_grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_leaf_without_elements_is_legal, T, RealTypes) {
  Tape<T> tape;
  const auto c = tape.constant(Tensor<T>::zeros({0, 3}));
  const auto x = tape.variable(Tensor<T>());
  BOOST_TEST(c.shape() == (Shape{0, 3}));
  BOOST_TEST(x.shape() == Shape{0});
  tape.backward(sum(x * x));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(item_is_the_only_element, T, RealTypes) {
  Tape<T> tape;
  BOOST_TEST(tape.constant(T{3}).item() == T{3});
  BOOST_TEST(tape.constant(Tensor<T>::full({1, 1}, T{4})).item() == T{4});
  RONDO_CHECK_THROWS(static_cast<void>(tape.constant(Tensor<T>::zeros({2})).item()),
                     ShapeError,
                     "[item] expected one element: found (2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stop_gradient_keeps_the_value_and_cuts_the_way_back, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const auto stopped = tape.stop_gradient(x);
  BOOST_TEST(stopped.item() == T{3});
  BOOST_TEST(!stopped.requires_grad());
  tape.backward(x * stopped);
  check_close(x.grad(), {3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_grad_computes_values_only, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  {
    const auto guard = tape.no_grad();
    const auto y = x * x;
    BOOST_TEST(y.item() == T{9});
    BOOST_TEST(!y.requires_grad());
    BOOST_TEST(!tape.variable(T{1}).requires_grad());
    BOOST_TEST(!tape.recording());
  }
  BOOST_TEST((x * x).requires_grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_grad_guards_nest, T, RealTypes) {
  Tape<T> tape;
  {
    const auto outer = tape.no_grad();
    {
      const auto inner = tape.no_grad();
      BOOST_TEST(!tape.recording());
    }
    BOOST_TEST(!tape.recording());
  }
  BOOST_TEST(tape.recording());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_made_without_gradient_is_a_constant_later, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const auto factor = [&] {
    const auto guard = tape.no_grad();
    return x * x;
  }();
  tape.backward(x * factor);
  check_close(x.grad(), {9});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tape_that_does_not_record_keeps_no_rules, T, RealTypes) {
  Tape<T> tape({.recording = false});
  int runs = 0;
  const auto y = counted(tape.variable(T{3}), &runs);
  BOOST_TEST(y.item() == T{6});
  const Node<T>& node = tape.nodes()[1];
  BOOST_TEST((node.rule == nullptr));
  BOOST_TEST((node.saved == nullptr));
  BOOST_TEST((node.inputs == nullptr));
  { const auto guard = tape.no_grad(); }
  BOOST_TEST(!tape.recording());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_forgets_everything_and_keeps_the_memory, T, RealTypes) {
  Tape<T> tape;
  const auto run = [&] {
    const auto x = tape.variable(Tensor<T>::full({100, 100}, T{2}));
    tape.backward(sum(tanh(x) * x));
  };
  run();
  tape.reset();
  BOOST_TEST(tape.nodes().empty());
  BOOST_TEST(tape.values().bytes_in_use() == 0U);
  BOOST_TEST(tape.gradients().bytes_in_use() == 0U);
  const auto blocks = [&] {
    return tape.values().block_allocations() + tape.gradients().block_allocations();
  };
  const std::size_t before = blocks();
  for (int pass = 0; pass < 3; ++pass) {
    run();
    tape.reset();
  }
  BOOST_TEST(blocks() == before);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pass_of_every_tape_has_a_number_of_its_own, T, RealTypes) {
  Tape<T> tape;
  const std::uint32_t first = tape.pass();
  tape.reset();
  BOOST_TEST(tape.pass() != first);
  BOOST_TEST(Tape<T>().pass() != tape.pass());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_chain_of_100000_ops_is_differentiated, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{0});
  auto y = x;
  for (int i = 0; i < 100'000; ++i) {
    y = y + T{1};
  }
  BOOST_TEST(y.item() == T{100'000});
  tape.backward(y);
  check_close(x.grad(), {1});
  BOOST_TEST(tape.nodes().size() == 100'001U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tape_test
