// One step under given masks: numbers that Keras' cell gives for them.
#include "rondo/tests/layers/recurrent/support.hpp"

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
void check(bool reset_after, const Golden& golden) {
  constexpr double printed = std::is_same_v<T, float> ? 1e-6 : 1e-9;
  GRUCell<T> cell(
      {.units = 2, .dropout = 0.5, .recurrent_dropout = 0.5, .reset_after = reset_after});
  cell.build({2});
  test::assign_golden_weights(cell);
  const std::array masks{
      tensor<T>({1, 2}, {2, 0}), tensor<T>({1, 2}, {0, 2}), tensor<T>({1, 2}, {2, 2})};
  const std::array input{masks[0].view(), masks[1].view(), masks[2].view()};  // z, r, h
  const std::array recurrent{masks[1].view(), masks[0].view(), masks[0].view()};
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

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_golden_dropout)

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_after_the_recurrent_product, T, RealTypes) {
  check<T>(true,
           {.next = {-0.248488730, 0.185034380},
            .dx = {-0.131704286, -0.140639204},
            .dh = {0.528351727, -0.241844801}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_before_the_recurrent_product, T, RealTypes) {
  check<T>(false,
           {.next = {-0.271227770, 0.177249394},
            .dx = {-0.134339102, -0.134595395},
            .dh = {0.508118251, -0.246563755}});
}

BOOST_AUTO_TEST_SUITE_END()
