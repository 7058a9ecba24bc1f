// Every entry of the derivative of one step, against central differences.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace cell_gradient_test {

using namespace rondo;
using test::random_tensor;

namespace {

/// All inputs, states and weights of a cell with two features and two units, three samples.
void check_cell(GRUCell<double>& cell, bool training = false) {
  cell.build({2});
  test::randomize(cell, 1);
  const auto weights = cell.weights();
  const auto result = check_gradients(
      [&](Tape<double>&, std::span<const Variable<double>> v) {
        return cell(v[0], {.training = training, .initial_state = v.subspan(1)});
      },
      {random_tensor<double>({3, 2}, 20), random_tensor<double>({3, 2}, 21)},
      {},
      weights);
  BOOST_TEST(result.passed, result.report);
}

void check_options(GRUCellOptions options) {
  options.units = 2;
  for (const bool use_bias : {true, false}) {
    for (const bool reset_after : {true, false}) {
      for (const int implementation : {1, 2}) {
        BOOST_TEST_CONTEXT("bias " << use_bias << ", reset_after " << reset_after
                                   << ", implementation " << implementation) {
          options.use_bias = use_bias;
          options.reset_after = reset_after;
          options.implementation = implementation;
          GRUCell<double> cell(options);
          check_cell(cell);
        }
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_cell_gradient)

BOOST_AUTO_TEST_CASE(tanh_and_sigmoid) {
  check_options({});
}

BOOST_AUTO_TEST_CASE(softsign_and_hard_sigmoid) {
  check_options({.activation = "softsign", .recurrent_activation = "hard_sigmoid"});
}

BOOST_AUTO_TEST_CASE(no_activation_and_hard_sigmoid_of_keras_2) {
  check_options({.activation = {}, .recurrent_activation = "hard_sigmoid_keras2"});
}

BOOST_AUTO_TEST_CASE(mish_and_softmax) {
  check_options({.activation = "mish", .recurrent_activation = "softmax"});
}

BOOST_AUTO_TEST_CASE(a_mask_for_each_gate) {
  for (const bool reset_after : {true, false}) {
    GRUCell<double> cell({.units = 2, .reset_after = reset_after, .implementation = 1});
    std::vector<Tensor<double>> masks;
    for (std::uint64_t seed = 30; seed < 36; ++seed) {
      masks.push_back(random_tensor<double>({3, 2}, seed, 0.0, 2.0));
    }
    const std::vector<TensorView<const double>> views(masks.begin(), masks.end());
    cell.inject_dropout_masks(std::span(views).first(3), std::span(views).last(3));
    check_cell(cell, true);
  }
}

BOOST_AUTO_TEST_CASE(one_mask_for_all_gates) {
  for (const bool reset_after : {true, false}) {
    GRUCell<double> cell({.units = 2, .reset_after = reset_after});
    const auto mask = random_tensor<double>({3, 2}, 30, 0.0, 2.0);
    cell.inject_dropout_masks(std::array{mask.view()}, {});
    check_cell(cell, true);
  }
}

BOOST_AUTO_TEST_CASE(a_masked_state_that_is_carried) {
  for (const bool reset_after : {true, false}) {
    GRUCell<double> cell({.units = 2, .reset_after = reset_after, .legacy_masked_carry = true});
    const auto x_mask = random_tensor<double>({3, 2}, 30, 0.0, 2.0);
    const auto h_mask = random_tensor<double>({3, 2}, 31, 0.0, 2.0);
    cell.inject_dropout_masks(std::array{x_mask.view()}, std::array{h_mask.view()});
    check_cell(cell, true);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cell_gradient_test
