// What TensorFlow.js 4.22 (CPU backend, float32) answers; tests/golden/tfjs_profile.js asked it.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace tfjs_test {

using namespace rondo;
using test::by_formula;
using test::check_printed;
using test::mask;
using test::RealTypes;

namespace {

constexpr double printed = 1e-6;

/// kernel [F, 3u], recurrent kernel [u, 3u] and bias [3u] of the i-th cell.
template <Real T>
void assign_weights(const Layer<T>& layer, std::size_t cell = 0) {
  const auto weights = layer.weights();
  weights[3 * cell]->assign(by_formula<T>(weights[3 * cell]->shape(), [](double i, double j) {
    return 0.5 * std::sin(0.7 * i + 1.3 * j + 0.1);
  }));
  weights[3 * cell + 1]->assign(
      by_formula<T>(weights[3 * cell + 1]->shape(),
                    [](double i, double j) { return 0.5 * std::cos(0.9 * i + 0.4 * j + 0.2); }));
  const std::size_t columns = weights[3 * cell + 2]->shape()[0];
  const auto bias =
      by_formula<T>({1, columns}, [](double, double j) { return 0.1 * std::sin(2.1 * j + 0.3); });
  weights[3 * cell + 2]->assign({bias.data(), Shape{columns}});
}

template <Real T>
Tensor<T> inputs(double scale = 1.0) {
  return by_formula<T>({2, 3, 2}, [=](double n, double t, double f) {
    return scale * std::sin(0.3 * n + 0.5 * t + 0.8 * f);
  });
}

template <Real T>
Tensor<T> state(std::size_t units) {
  return by_formula<T>({2, units}, [](double n, double j) { return 0.2 * std::cos(n + j); });
}

struct Golden {
  std::vector<double> y, final_state, dx, dh0, dkernel, drecurrent, dbias;
};

template <Real T>
void check_gru(double scale, bool go_backwards, const Golden& golden) {
  GRU<T> gru(
      {.units = 2, .return_sequences = true, .go_backwards = go_backwards, .compat = Compat::tfjs});
  gru.build({3, 2});
  assign_weights(gru);
  Tape<T> tape;
  const auto x = tape.variable(inputs<T>(scale));
  const std::array h0{tape.variable(state<T>(2))};
  const auto weighting = by_formula<T>({2, 3, 2}, [](double n, double t, double j) {
    return std::cos(0.6 * n + 0.2 * t + 0.9 * j);
  });
  const auto [y, states] = gru.run(x, {.initial_state = h0});
  tape.backward(sum(y * tape.constant(weighting)));
  check_printed(y.value(), golden.y, printed);
  check_printed(states[0].value(), golden.final_state, printed);
  check_printed(x.grad(), golden.dx, printed);
  check_printed(h0[0].grad(), golden.dh0, printed);
  check_printed(gru.weights()[0]->grad(), golden.dkernel, printed);
  check_printed(gru.weights()[1]->grad(), golden.drecurrent, printed);
  check_printed(gru.weights()[2]->grad(), golden.dbias, printed);
}

/// Cells of 2 and 3 units.
template <Real T>
RNN<T> make_stack() {
  RNN<T> stack({GRUCell<T>({.units = 2, .compat = Compat::tfjs}),
                GRUCell<T>({.units = 3, .compat = Compat::tfjs})},
               {.return_sequences = true, .compat = Compat::tfjs});
  stack.build({3, 2});
  assign_weights(stack, 0);
  assign_weights(stack, 1);
  return stack;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_tfjs)

// clang-format off

BOOST_AUTO_TEST_CASE_TEMPLATE(gru_with_default_options, T, RealTypes) {
  check_gru<T>(1.0, false, {
      .y = {0.08897344, 0.12710050, -0.06296831, 0.20005906, -0.20995265, 0.26450652,
            -0.00894417, 0.06572762, -0.15569979, 0.17732127, -0.27826503, 0.24722162},
      .final_state = {-0.20995265, 0.26450652, -0.27826503, 0.24722162},
      .dx = {-0.26790023, 0.08277050, -0.21100111, 0.03333419, -0.11830291, 0.00948247,
             -0.24934921, -0.07647856, -0.15242758, -0.05543000, -0.08306489, -0.04672520},
      .dh0 = {1.05140114, 0.33523098, 0.87321210, -0.19622409},
      .dkernel = {0.21601509, 0.01384630, -0.00086079, -0.01151670, 1.15705884, -0.02610371,
                  0.41808850, 0.00858191, -0.00801626, -0.02297598, 2.47990227, 0.27543175},
      .drecurrent = {0.02947359, -0.00396950, -0.00188899, -0.00199304, 0.10374700, 0.04344738,
                     0.04191652, -0.00346114, -0.00090805, -0.00448324, 0.08320029, 0.02471774},
      .dbias = {0.46548277, 0.00852167, -0.01042647, -0.02652028, 2.82227039, 0.36691427}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gates_that_are_cut_off, T, RealTypes) {
  check_gru<T>(8.0, false, {
      .y = {0.15187456, 0.10806046, 0.15187456, 0.10806046, 0.15187456, 0.10806046,
            0.10806046, -0.08322937, 0.10806046, -0.08322937, 0.10806046, -0.08322937},
      .final_state = {0.15187456, 0.10806046, 0.10806046, -0.08322937},
      .dx = {-0.01809380, 0.15889612, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
      .dh0 = {2.96539283, 1.45214486, 2.06234455, -0.38139689},
      .dkernel = {0, 0, 0, 0, 0, 0, 2.76736403, 0, -0.00263614, 0, 0.58013076, 0},
      .drecurrent = {0.09644318, 0, -0.00009187, 0, 0.00689647, 0,
                     0.05210847, 0, -0.00004964, 0, 0, 0},
      .dbias = {0.48221588, 0, -0.00045935, 0, 0.10108835, 0}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(going_backwards, T, RealTypes) {
  check_gru<T>(1.0, true, {
      .y = {-0.04269918, 0.19005206, -0.14472669, 0.24500354, -0.11253421, 0.21382824,
            -0.11163605, 0.06437653, -0.21638218, 0.18343423, -0.20864064, 0.23384500},
      .final_state = {-0.11253421, 0.21382824, -0.20864064, 0.23384500},
      .dx = {-0.14617382, -0.00659020, -0.20427151, 0.01565477, -0.21976782, 0.07709367,
             -0.10860207, -0.07748596, -0.15408854, -0.06333444, -0.19671418, -0.02847528},
      .dh0 = {1.13412368, 0.51603884, 0.89731824, -0.16289136},
      .dkernel = {0.40544575, -0.00956847, -0.00471322, -0.01125402, 1.56512904, 0.11228336,
                  0.45800409, -0.01050914, -0.00333357, -0.02861824, 2.39485002, 0.20835318},
      .drecurrent = {0.05533896, -0.01163830, -0.00147884, 0.00151035, 0.00599284, 0.02519187,
                     0.02495558, -0.00538211, 0.00020557, -0.00682789, 0.11076277, 0.02173335},
      .dbias = {0.48327705, -0.00788808, -0.00294705, -0.03235504, 2.63785172, 0.23259047}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_steps_put_out_the_state_before_them, T, RealTypes) {
  GRU<T> gru({.units = 2, .return_sequences = true, .compat = Compat::tfjs});
  gru.build({3, 2});
  assign_weights(gru);
  Tape<T> tape;
  const std::array h0{tape.constant(state<T>(2))};
  const auto [y, states] =
      gru.run(tape.constant(inputs<T>()),
              {.mask = mask({2, 3}, {true, false, true, false, true, false}), .initial_state = h0});
  check_printed(y.value(),
                {0.08897344, 0.12710050, 0.08897344, 0.12710050, -0.11418669, 0.20917362,
                 0.10806046, -0.08322937, -0.07864504, 0.07580425, -0.07864504, 0.07580425},
                printed);
  check_printed(states[0].value(), {-0.11418669, 0.20917362, -0.07864504, 0.07580425}, printed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sample_without_valid_steps_puts_out_its_initial_state, T, RealTypes) {
  GRU<T> gru({.units = 2, .compat = Compat::tfjs});
  gru.build({3, 2});
  assign_weights(gru);
  Tape<T> tape;
  const std::array h0{tape.constant(state<T>(2))};
  const auto y =
      gru(tape.constant(inputs<T>()),
          {.mask = mask({2, 3}, {true, false, true, false, false, false}), .initial_state = h0});
  check_printed(y.value(), {-0.11418669, 0.20917362, 0.10806046, -0.08322937}, printed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_of_a_stack_begin_with_the_last_cell, T, RealTypes) {
  auto stack = make_stack<T>();
  BOOST_TEST(stack.cell().state_size() == (std::vector<std::size_t>{3, 2}));
  Tape<T> tape;
  const std::array initial{tape.constant(state<T>(3)), tape.constant(state<T>(2))};
  const auto [y, states] = stack.run(tape.constant(inputs<T>()), {.initial_state = initial});
  check_printed(y.value(),
                {0.13737841, 0.04954138, -0.17285001, 0.09553036, 0.01126250, -0.19852170,
                 0.05918842, -0.01694207, -0.19003636, 0.08715112, -0.03009293, -0.18263468,
                 0.05675733, -0.02237074, -0.16891369, 0.02583037, -0.02907675, -0.14777282},
                printed);
  check_printed(states[0].value(),
                {0.05918842, -0.01694207, -0.19003636, 0.02583037, -0.02907675, -0.14777282},
                printed);
  check_printed(states[1].value(), {-0.20995265, 0.26450652, -0.27826503, 0.24722162}, printed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_stack_puts_out_the_last_cell_s_state, T, RealTypes) {
  auto stack = make_stack<T>();
  Tape<T> tape;
  const std::array initial{tape.constant(state<T>(3)), tape.constant(state<T>(2))};
  const auto [y, states] = stack.run(
      tape.constant(inputs<T>()),
      {.mask = mask({2, 3}, {true, false, true, false, true, false}), .initial_state = initial});
  check_printed(y.value(),
                {0.13737841, 0.04954138, -0.17285001, 0.13737841, 0.04954138, -0.17285001,
                 0.08525530, 0.00723696, -0.18999656, 0.10806046, -0.08322937, -0.19799849,
                 0.07241789, -0.03409941, -0.17007190, 0.07241789, -0.03409941, -0.17007190},
                printed);
  check_printed(states[1].value(), {-0.11418669, 0.20917362, -0.07864504, 0.07580425}, printed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stack_without_initial_states, T, RealTypes) {
  auto stack = make_stack<T>();
  Tape<T> tape;
  const auto [y, states] = stack.run(tape.constant(inputs<T>()));
  check_printed(y.value(),
                {0.02781642, 0.02090675, -0.06969722, 0.03001638, 0.00958318, -0.11138093,
                 0.01786968, -0.01074424, -0.12478540, 0.01876433, 0.01403059, -0.06463785,
                 0.01468090, 0.00001364, -0.09878963, 0.00091608, -0.01804110, -0.10637257},
                printed);
  check_printed(states[1].value(), {-0.24531783, 0.25701597, -0.30421287, 0.27328849}, printed);
}

// clang-format on

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tfjs_test
