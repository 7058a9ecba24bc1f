#include <optional>
#include <stdexcept>

#include "rondo/tests/support/check.hpp"

namespace tape_errors_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

constexpr const char* stale =
    "a variable is stale: its tape was reset after it was recorded, or its pass given up by an op "
    "that failed";

/// An op of one element whose rule calls `action` on its own tape.
template <Real T>
using Action = void (*)(Tape<T>&);

template <Real T>
Variable<T> with_rule(const Variable<T>& x, Action<T> action) {
  struct Saved {
    Tape<T>* tape;
    Action<T> action;
  };

  return x.tape().record(
      "with_rule",
      std::array{x},
      x.shape(),
      [&](TensorView<T> y) { y[0] = x.value()[0]; },
      Saved{&x.tape(), action},
      [](const Gradients<T>&, const Saved& saved) { saved.action(*saved.tape); });
}

template <Real T>
Variable<T> failing(const Variable<T>& x) {
  return x.tape().record(
      "failing",
      std::array{x},
      Shape{1000},
      [](TensorView<T>) { throw std::domain_error("forward failed"); },
      [](const Gradients<T>&) {});
}

/// The rule throws this text; afterwards the tape still works.
void check_refused_in_rule(Action<double> action, const std::string& text) {
  Tape<double> tape;
  const auto x = tape.variable(2.0);
  const auto loss = with_rule(x, action);
  const std::size_t nodes = tape.nodes().size();
  RONDO_CHECK_THROWS(tape.backward(loss), StateError, text);
  BOOST_TEST(tape.nodes().size() == nodes);
  tape.backward(x * x);
  check_close(x.grad(), {4});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_tape_errors)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stale_variable_cannot_be_read, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  tape.reset();
  tape.variable(T{4});  // at the same place
  const std::string text = std::string("[variable] ") + stale;
  RONDO_CHECK_THROWS(static_cast<void>(x.value()), StateError, text);
  RONDO_CHECK_THROWS(static_cast<void>(x.shape()), StateError, text);
  RONDO_CHECK_THROWS(static_cast<void>(x.grad()), StateError, text);
  RONDO_CHECK_THROWS(static_cast<void>(x.item()), StateError, text);
  RONDO_CHECK_THROWS(static_cast<void>(x.requires_grad()), StateError, text);
  BOOST_TEST(!tape.owns(x));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stale_variable_cannot_be_used, T, RealTypes) {
  Tape<T> tape;
  const auto old = tape.variable(T{3});
  tape.reset();
  const auto x = tape.variable(T{4});
  BOOST_CHECK_THROW(x * old, StateError);
  BOOST_CHECK_THROW(exp(old), StateError);
  RONDO_CHECK_THROWS(tape.backward(old), StateError, std::string("[backward] ") + stale);
  RONDO_CHECK_THROWS(tape.add_loss(old), StateError, std::string("[add_loss] ") + stale);
  RONDO_CHECK_THROWS(tape.stop_gradient(old), StateError, std::string("[stop_gradient] ") + stale);
  BOOST_TEST(tape.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_variable_of_another_tape_is_refused, T, RealTypes) {
  Tape<T> tape;
  Tape<T> other;
  const auto x = tape.variable(T{3});
  const auto foreign = other.variable(T{4});
  const std::string text = "a variable belongs to another tape";
  RONDO_CHECK_THROWS(x * foreign, StateError, "[multiply] " + text);
  RONDO_CHECK_THROWS(foreign + x, StateError, "[add] " + text);
  RONDO_CHECK_THROWS(concat({x, foreign}, 0), ArgumentError, "[concat] axis 0 lies outside [0, 0)");
  RONDO_CHECK_THROWS(tape.backward(foreign), StateError, "[backward] " + text);
  RONDO_CHECK_THROWS(tape.add_loss(foreign), StateError, "[add_loss] " + text);
  RONDO_CHECK_THROWS(tape.stop_gradient(foreign), StateError, "[stop_gradient] " + text);
  BOOST_TEST(tape.nodes().size() == 1U);
  BOOST_TEST(other.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_variable_that_was_never_assigned_is_refused, T, RealTypes) {
  Tape<T> tape;
  const Variable<T> none;
  const auto x = tape.variable(T{3});
  const std::string text = "[variable] a variable was never assigned";
  BOOST_TEST(!none);
  BOOST_TEST(static_cast<bool>(x));
  RONDO_CHECK_THROWS(static_cast<void>(none.value()), StateError, text);
  RONDO_CHECK_THROWS(exp(none), StateError, text);
  RONDO_CHECK_THROWS(x * none, StateError, text);
  RONDO_CHECK_THROWS(tape.backward(none), StateError, "[backward] a variable was never assigned");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tape_at_the_address_of_a_former_one_knows_its_own, T, RealTypes) {
  std::optional<Tape<T>> tape;
  tape.emplace();
  const auto old = tape->variable(T{3});
  tape.emplace();
  tape->variable(T{4});
  BOOST_TEST(!tape->owns(old));
  BOOST_CHECK_THROW(static_cast<void>(old.value()), StateError);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_leaf_of_the_empty_view_is_refused, T, RealTypes) {
  Tape<T> tape;
  const TensorView<const T> none;
  RONDO_CHECK_THROWS(tape.constant(none), ArgumentError, "[constant] the view is empty");
  RONDO_CHECK_THROWS(tape.variable(none), ArgumentError, "[variable] the view is empty");
  RONDO_CHECK_THROWS(tape.borrow(none), ArgumentError, "[borrow] the view is empty");
  BOOST_TEST(tape.nodes().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_of_several_elements_is_refused, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({2, 3}));
  RONDO_CHECK_THROWS(
      tape.backward(x), ShapeError, "[backward] the loss must have one element: loss (2, 3)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_without_gradient_is_refused, T, RealTypes) {
  Tape<T> tape;
  const std::string text = "[backward] the loss depends on nothing that needs a gradient";
  RONDO_CHECK_THROWS(tape.backward(tape.constant(T{1})), StateError, text);
  const auto x = tape.variable(T{3});
  const auto guard = tape.no_grad();
  RONDO_CHECK_THROWS(tape.backward(x * x), StateError, text);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_exception_in_a_forward_leaves_the_tape_as_it_was, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const std::size_t bytes = tape.values().bytes_in_use();
  BOOST_CHECK_THROW(failing(x), std::domain_error);
  BOOST_TEST(tape.nodes().size() == 1U);
  BOOST_TEST(tape.values().bytes_in_use() == bytes);
  tape.backward(x * x);
  check_close(x.grad(), {6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_result_that_is_too_large_leaves_the_tape_as_it_was, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  const Shape everything{static_cast<std::size_t>(-1) / 2};
  BOOST_CHECK_THROW(broadcast_to(x, everything), std::bad_alloc);
  BOOST_TEST(tape.nodes().size() == 1U);
  tape.backward(x * x);
}

BOOST_AUTO_TEST_CASE(a_parameter_modified_after_it_was_recorded_is_found_out) {
  Tape<float> tape;
  Parameter<float> p("gru/gru_cell/kernel", Tensor<float>::full({}, 3.0F));
  const std::string text =
      "[backward] parameter 'gru/gru_cell/kernel' was modified after it was recorded";
  auto loss = square(tape.parameter(p));
  p.assign(Tensor<float>::full({}, 4.0F));
  RONDO_CHECK_THROWS(tape.backward(loss), StateError, text);
  tape.reset();
  loss = square(tape.parameter(p));
  static_cast<void>(p.mutable_value());
  RONDO_CHECK_THROWS(tape.backward(loss), StateError, text);
  BOOST_TEST(!p.has_grad());
  tape.reset();
  tape.backward(square(tape.parameter(p)));
  check_close(p.grad(), {8});
}

BOOST_AUTO_TEST_CASE(a_parameter_recorded_after_the_loss_may_have_been_modified) {
  Tape<float> tape;
  Parameter<float> p("p", Tensor<float>::full({}, 3.0F));
  const auto x = tape.variable(2.0F);
  const auto loss = x * x;
  tape.parameter(p);
  static_cast<void>(p.mutable_value());
  tape.backward(loss);
  check_close(x.grad(), {4});
}

BOOST_AUTO_TEST_CASE(a_rule_must_not_record) {
  const std::string text = " called by a rule while backward runs";
  check_refused_in_rule([](Tape<double>& tape) { tape.constant(1.0); }, "[constant]" + text);
  check_refused_in_rule([](Tape<double>& tape) { tape.variable(1.0); }, "[variable]" + text);
  check_refused_in_rule([](Tape<double>& tape) { tape.borrow({}); }, "[borrow]" + text);
  check_refused_in_rule(
      [](Tape<double>& tape) {
        tape.record(
            "late", {}, Shape{}, [](TensorView<double>) {}, [](const Gradients<double>&) {});
      },
      "[late] recorded by a rule while backward runs");
}

BOOST_AUTO_TEST_CASE(a_rule_must_not_reset_the_tape_or_run_backward) {
  const std::string text = " called by a rule while backward runs";
  check_refused_in_rule([](Tape<double>& tape) { tape.reset(); }, "[reset]" + text);
  check_refused_in_rule([](Tape<double>& tape) { tape.backward({}); }, "[backward]" + text);
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_rule_leaves_the_tape_usable) {
  Tape<double> tape;
  const auto x = tape.variable(2.0);
  const auto y = x * x;
  const auto loss =
      with_rule<double>(y + y, [](Tape<double>&) { throw std::domain_error("rule"); });
  BOOST_CHECK_THROW(tape.backward(loss), std::domain_error);
  tape.backward(y);
  check_close(x.grad(), {4});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tape_errors_test
