// One step under given masks: numbers that Keras' cell gives for them.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace golden_dropout_test {

using namespace rondo;
using test::by_formula;
using test::check_printed;
using test::RealTypes;
using test::tensor;

namespace {

struct Golden {
  std::vector<double> next, dx, dh;
};

template <Real T>
using Masks = std::span<const TensorView<const T>>;

/// One training step under these masks, and the gradients of h'[0] − h'[1] / 2.
template <Real T>
void check(GRUCellOptions options, Masks<T> input, Masks<T> recurrent, const Golden& golden) {
  constexpr double printed = std::is_same_v<T, float> ? 1e-6 : 1e-9;
  options.units = 2;
  options.dropout = options.recurrent_dropout = 0.5;
  GRUCell<T> cell(options);
  cell.build({2});
  test::assign_golden_weights(cell);
  cell.inject_dropout_masks(input, recurrent);

  Tape<T> tape;
  const auto x = tape.variable(
      by_formula<T>({1, 2}, [](double, double f) { return std::sin(0.3 + 0.5 + 0.8 * f); }));
  const std::array h{tape.variable(
      by_formula<T>({1, 2}, [](double, double j) { return 0.2 * std::cos(1.0 + j); }))};
  const auto next = cell(x, {.training = true, .initial_state = h});
  tape.backward(sum(next * tape.constant(tensor<T>({1, 2}, {1, -0.5}))));
  check_printed(next.value(), golden.next, printed);
  check_printed(x.grad(), golden.dx, printed);
  check_printed(h[0].grad(), golden.dh, printed);
}

/// A mask for each gate, in the order z, r, h.
template <Real T>
void check_gates(bool reset_after, const Golden& golden) {
  const auto first = tensor<T>({1, 2}, {2, 0}), second = tensor<T>({1, 2}, {0, 2}),
             both = tensor<T>({1, 2}, {2, 2});
  const std::array input{first.view(), second.view(), both.view()};
  const std::array recurrent{second.view(), first.view(), first.view()};
  check<T>({.reset_after = reset_after}, input, recurrent, golden);
}

/// One mask for all gates, under the option and under the profiles that have it.
template <Real T>
void check_masked_carry(bool reset_after, const Golden& golden) {
  const auto first = tensor<T>({1, 2}, {2, 0}), second = tensor<T>({1, 2}, {0, 2});
  const std::array input{first.view()}, recurrent{second.view()};
  check<T>({.reset_after = reset_after, .legacy_masked_carry = true}, input, recurrent, golden);
  check<T>({.reset_after = reset_after, .compat = Compat::tf20}, input, recurrent, golden);
  if (!reset_after) {
    check<T>({.recurrent_activation = "sigmoid", .compat = Compat::tfjs}, input, recurrent, golden);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_golden_dropout)

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_after_the_recurrent_product, T, RealTypes) {
  check_gates<T>(true,
                 {.next = {-0.248488730, 0.185034380},
                  .dx = {-0.131704286, -0.140639204},
                  .dh = {0.528351727, -0.241844801}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_before_the_recurrent_product, T, RealTypes) {
  check_gates<T>(false,
                 {.next = {-0.271227770, 0.177249394},
                  .dx = {-0.134339102, -0.134595395},
                  .dh = {0.508118251, -0.246563755}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_carry_with_reset_after, T, RealTypes) {
  check_masked_carry<T>(
      true,
      {.next = {-0.199423121, -0.071512380}, .dx = {-0.316796604, 0}, .dh = {0, -0.741494449}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_carry_with_reset_before, T, RealTypes) {
  check_masked_carry<T>(
      false,
      {.next = {-0.224324443, -0.064196085}, .dx = {-0.321433518, 0}, .dh = {0, -0.704189772}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tf20_with_implementation_1_is_keras, T, RealTypes) {
  const auto first = tensor<T>({1, 2}, {2, 0}), second = tensor<T>({1, 2}, {0, 2}),
             both = tensor<T>({1, 2}, {2, 2});
  const std::array input{first.view(), second.view(), both.view()};
  const std::array recurrent{second.view(), first.view(), first.view()};
  check<T>({.implementation = 1, .compat = Compat::tf20},
           input,
           recurrent,
           {.next = {-0.248488730, 0.185034380},
            .dx = {-0.131704286, -0.140639204},
            .dh = {0.528351727, -0.241844801}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace golden_dropout_test
