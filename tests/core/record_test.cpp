#include <cmath>
#include <memory>

#include "rondo/tests/support/check.hpp"

namespace record_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

/// A user's op: x·factor, clipped at a limit of each element; the limits are copied onto the tape.
template <Real T>
Variable<T> scale_below(const Variable<T>& x, T factor, std::span<const T> limits) {
  struct Saved {
    T factor;
    const T* limits;
  };

  const auto kept = x.tape().template array<T>(limits.size());
  std::copy(limits.begin(), limits.end(), kept.begin());
  return x.tape().record(
      "scale_below",
      std::array{x},
      x.shape(),
      [&](TensorView<T> y) {
        for (std::size_t i = 0; i < y.size(); ++i) {
          y[i] = std::min(factor * x.value()[i], limits[i]);
        }
      },
      Saved{factor, kept.data()},
      [](const Gradients<T>& g, const Saved& saved) {
        const auto dx = g.of(0);
        for (std::size_t i = 0; i < dx.size(); ++i) {
          dx[i] += g.value()[i] < saved.limits[i] ? saved.factor * g.grad()[i] : T{0};
        }
      });
}

/// Σ a·b, with a workspace in its rule.
template <Real T>
Variable<T> dot(const Variable<T>& a, const Variable<T>& b) {
  return a.tape().record(
      "dot",
      std::array{a, b},
      Shape{},
      [&](TensorView<T> y) {
        y[0] = T{0};
        for (std::size_t i = 0; i < a.shape().size(); ++i) {
          y[0] += a.value()[i] * b.value()[i];
        }
      },
      [](const Gradients<T>& g) {
        BOOST_TEST(g.num_inputs() == 2U);
        const auto scaled = g.template workspace<T>(g.input(0).size());
        for (const std::size_t i : {0U, 1U}) {
          if (const auto dx = g.of(i)) {
            const auto other = g.input(1 - i);
            std::ranges::transform(other, scaled.begin(), [&](T v) { return v * g.grad()[0]; });
            std::transform(dx.begin(), dx.end(), scaled.begin(), dx.begin(), std::plus<T>());
          }
        }
      });
}

struct Saved {
  float factor;
};

struct OwningSaved {
  std::shared_ptr<float> factor;
};

const auto plain = [](const Gradients<float>&) {};
const auto saving = [](const Gradients<float>&, const Saved&) {};
const auto owning = [](const Gradients<float>&, const OwningSaved&) {};

static_assert(PlainRule<decltype(plain), float>);
static_assert(SavingRule<decltype(saving), float, Saved>);
static_assert(!PlainRule<decltype(plain), double>);
static_assert(!PlainRule<decltype(saving), float>);
static_assert(!SavingRule<decltype(plain), float, Saved>);
static_assert(!SavingRule<decltype(owning), float, OwningSaved>);

/// Rules that capture: a local by reference, a number by value, a tensor, a span of a caller's
/// labels.
[[maybe_unused]] void check_capturing_rules(std::span<const int> labels) {
  float local = 0.0F;
  const Tensor<float> tensor;
  const auto by_reference = [&](const Gradients<float>&) { local = 1.0F; };
  const auto by_value = [local](const Gradients<float>&) { static_cast<void>(local); };
  const auto owner = [tensor](const Gradients<float>&) { static_cast<void>(tensor); };
  const auto spanning = [labels](const Gradients<float>&) { static_cast<void>(labels); };
  const auto saving_one = [&](const Gradients<float>&, const Saved& s) { local = s.factor; };
  static_assert(!PlainRule<decltype(by_reference), float>);
  static_assert(!PlainRule<decltype(by_value), float>);
  static_assert(!PlainRule<decltype(owner), float>);
  static_assert(!PlainRule<decltype(spanning), float>);
  static_assert(!SavingRule<decltype(saving_one), float, Saved>);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_record)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_op_of_ones_own_saves_what_its_rule_needs, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({3}, {1, 2, 3}));
  std::vector<T> limits{5, 5, 5};
  const auto y = scale_below<T>(x, T{2}, limits);
  limits.assign(3, T{-100});  // the op has its own copy
  check_close(y, {2, 4, 5});
  tape.backward(sum(y));
  check_close(x.grad(), {2, 2, 0});
}

BOOST_AUTO_TEST_CASE(an_op_of_ones_own_can_be_checked) {
  const std::vector<double> limits{0.5, 0.5, 0.5};
  test::check_gradient(
      [&](const Variable<double>& x) { return scale_below<double>(x, 2.0, limits); },
      {Tensor<double>::from_values({3}, {-1, 0.1, 0.7})});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_reads_every_input_and_uses_workspace, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({2}, {1, 2}));
  const auto b = tape.variable(Tensor<T>::from_values({2}, {3, 4}));
  const auto y = dot(a, b);
  BOOST_TEST(y.item() == T{11});
  tape.backward(y * T{10});
  check_close(a.grad(), {30, 40});
  check_close(b.grad(), {10, 20});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_input_without_gradient_has_an_empty_slot, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({2}, {1, 2}));
  const auto c = tape.constant(Tensor<T>::from_values({2}, {3, 4}));
  tape.backward(dot(a, c));
  check_close(a.grad(), {3, 4});
  BOOST_TEST(!c.grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_input_given_twice_receives_both_gradients, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({2}, {1, 2}));
  tape.backward(dot(a, a));
  check_close(a.grad(), {2, 4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_op_without_inputs_is_a_constant, T, RealTypes) {
  Tape<T> tape;
  const auto y = tape.record(
      "five", {}, Shape{}, [](TensorView<T> five) { five[0] = T{5}; }, [](const Gradients<T>&) {});
  BOOST_TEST(y.item() == T{5});
  BOOST_TEST(!y.requires_grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(results_are_aligned_for_vector_instructions, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({3, 7}));
  const auto y = exp(x);
  tape.backward(sum(y));
  for (const auto view : {x.value(), y.value(), x.grad(), y.grad()}) {
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(view.data()) % 64 == 0U);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_alias_shares_the_memory_of_its_input, T, RealTypes) {
  struct Saved {
    std::size_t offset;
  };

  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({4}, {1, 2, 3, 4}));
  const auto y = tape.record_alias(
      "last_two", x, 2, Shape{2, 1}, Saved{2}, [](const Gradients<T>& g, const Saved& saved) {
        for (std::size_t i = 0; i < g.grad().size(); ++i) {
          g.of(0)[saved.offset + i] += g.grad()[i];
        }
      });
  BOOST_TEST(y.value().data() == x.value().data() + 2);
  BOOST_TEST(y.shape() == (Shape{2, 1}));
  BOOST_TEST(tape.nodes()[1].name == "last_two");
  tape.backward(sum(y * y));
  check_close(x.grad(), {0, 0, 6, 8});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_shape_of_a_variable_can_be_passed_on, T, RealTypes) {
  Tape<T> tape;
  auto y = tape.variable(Tensor<T>::from_values({2}, {1, 2}));
  for (int i = 0; i < 100; ++i) {  // the list of nodes grows while `y.shape()` is in use
    y = broadcast_to(sum(y, {0}, {.keep_dims = true}), y.shape()) * T(0.5);
  }
  check_close(y, {1.5, 1.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_of_variables_can_live_on_the_tape, T, RealTypes) {
  Tape<T> tape;
  const auto list = tape.template array<Variable<T>>(3);
  for (std::size_t i = 0; i < 3; ++i) {
    list[i] = tape.variable(static_cast<T>(i + 1));
  }
  tape.backward(sum(square(stack(std::span<const Variable<T>>(list)))));
  check_close(list[2].grad(), {6});
}

namespace {

/// An op whose forward calls `inside` and then fails.
template <class Inside>
void fail_after(const Variable<float>& x, Inside inside) {
  const auto fail = [&](TensorView<float>) {
    inside();
    throw std::runtime_error("failed");
  };
  BOOST_CHECK_THROW(x.tape().record("own", std::array{x}, Shape{3}, fail, plain),
                    std::runtime_error);
}

const std::string stale =
    "a variable is stale: its tape was reset after it was recorded, or its pass given up by an op "
    "that failed";

}  // namespace

BOOST_AUTO_TEST_CASE(an_op_that_fails_leaves_the_pass_as_it_was) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::full({3}, 1.0F));
  fail_after(a, [] {});
  const auto b = a + a;
  tape.backward(sum(b));
  test::check_close(b.value(), {2, 2, 2});
  test::check_close(a.grad(), {2, 2, 2});
}

// The places of the ops inside are taken by others: their variables must not speak for these.
BOOST_AUTO_TEST_CASE(variables_of_an_op_that_failed_are_stale) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::full({3}, 1.0F));
  Variable<float> inner;
  fail_after(a, [&] {
    inner = a + a;
    tape.add_loss(sum(inner));
  });
  BOOST_TEST(tape.nodes().size() == 1U);
  BOOST_TEST(tape.losses().empty());
  RONDO_CHECK_THROWS(static_cast<void>(inner.value()), StateError, "[variable] " + stale);
  RONDO_CHECK_THROWS(static_cast<void>(a + a), StateError, "[variable] " + stale);
  tape.reset();
  const auto b = tape.variable(Tensor<float>::full({3}, 1.0F));
  fail_after(b, [&] {
    for (int i = 0; i < 100; ++i) {
      inner = b + b;
    }
  });
  RONDO_CHECK_THROWS(static_cast<void>(inner.value()), StateError, "[variable] " + stale);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace record_test
