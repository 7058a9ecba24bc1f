// Weights of other systems, the way there and back. `rondo_parity` runs what those systems answered
// through the same functions.
#include "rondo/layers/recurrent/weight_conversion.hpp"

#include "rondo/layers/layers.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace weight_conversion_test {

using namespace rondo;
using test::check_close;
using test::check_equal;
using test::tensor;

namespace {

constexpr std::size_t features = 2, units = 2;

/// Keras' weights whose values tell where they stand: kernel from 0, recurrent from 100, bias from
/// 200, in row-major order.
template <Real T = double>
GRUWeights<T> counted(bool reset_after, bool use_bias = true) {
  const auto count = [](const Shape& shape, double first) {
    Tensor<T> result(shape);
    for (std::size_t i = 0; i < shape.size(); ++i) {
      result.data()[i] = static_cast<T>(first + static_cast<double>(i));
    }
    return result;
  };
  return {.kernel = count({features, 3 * units}, 0),
          .recurrent_kernel = count({units, 3 * units}, 100),
          .bias = !use_bias     ? Tensor<T>()
                  : reset_after ? count({2, 3 * units}, 200)
                                : count({3 * units}, 200),
          .reset_after = reset_after,
          .activation = "tanh",
          .recurrent_activation = "sigmoid"};
}

template <Real T>
void check_equal_weights(const GRUWeights<T>& actual, const GRUWeights<T>& expected) {
  BOOST_TEST(actual.reset_after == expected.reset_after);
  BOOST_TEST(actual.kernel.shape() == expected.kernel.shape());
  BOOST_TEST(actual.bias.shape() == expected.bias.shape());
  check_equal(actual.kernel.view(), expected.kernel.view());
  check_equal(actual.recurrent_kernel.view(), expected.recurrent_kernel.view());
  check_equal(actual.bias.view(), expected.bias.view());
}

template <Real T>
std::vector<GRUWeights<T>> list(GRUWeights<T> weights) {
  std::vector<GRUWeights<T>> result;
  result.push_back(std::move(weights));
  return result;
}

template <Real T>
Tensor<T> part(const Tensor<T>& tensor, std::size_t index) {
  const Shape shape = tensor.shape().erase(0);
  return Tensor<T>::from_values(shape,
                                tensor.view().span().subspan(index * shape.size(), shape.size()));
}

const char* const no_exact = ": there is no exact conversion, r ∘ (h U) is not (r ∘ h) U";

}  // namespace

BOOST_AUTO_TEST_SUITE(weight_conversion)

BOOST_AUTO_TEST_CASE(torch_has_rows_r_z_n) {
  const auto torch = to_torch(counted(true));
  // kernel rows: 0 1 | 2 3 | 4 5 and 6 7 | 8 9 | 10 11, blocks z, r, h
  check_close(torch.at("weight_ih_l0"), {2, 8, 3, 9, 0, 6, 1, 7, 4, 10, 5, 11});
  check_close(torch.at("weight_hh_l0"),
              {102, 108, 103, 109, 100, 106, 101, 107, 104, 110, 105, 111});
  check_close(torch.at("bias_ih_l0"), {202, 203, 200, 201, 204, 205});
  check_close(torch.at("bias_hh_l0"), {208, 209, 206, 207, 210, 211});
  BOOST_TEST(torch.at("weight_ih_l0").shape() == (Shape{6, 2}));
  check_equal_weights(from_torch(torch), counted(true));
  BOOST_TEST(from_torch(torch).recurrent_activation == "sigmoid");
}

BOOST_AUTO_TEST_CASE(torch_names_say_layer_and_direction) {
  BOOST_TEST(torch_suffix(0) == "_l0");
  BOOST_TEST(torch_suffix(1, true) == "_l1_reverse");
  const auto cell = to_torch(counted(true, false), "");  // nn.GRUCell(bias=False)
  BOOST_TEST(cell.size() == 2);
  check_equal_weights(from_torch(cell, ""), counted(true, false));
}

BOOST_AUTO_TEST_CASE(onnx_keeps_the_order_of_gates) {
  auto two = list(counted(true));
  two.push_back(counted(true));
  const auto onnx = to_onnx<double>(two, true);
  BOOST_TEST(onnx.at("W").shape() == (Shape{2, 6, 2}));
  check_close(part(onnx.at("W"), 1), {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11});
  check_close(part(onnx.at("B"), 0), {200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211});
  const auto back = from_onnx(onnx, true);
  BOOST_REQUIRE_EQUAL(back.size(), 2);
  check_equal_weights(back[1], counted(true));
}

BOOST_AUTO_TEST_CASE(onnx_without_linear_before_reset_adds_its_biases) {
  const auto onnx = to_onnx<double>(list(counted(false)), false);
  check_close(onnx.at("B"), {200, 201, 202, 203, 204, 205, 0, 0, 0, 0, 0, 0});
  check_equal_weights(from_onnx(onnx, false)[0], counted(false));
  const auto gradients = to_onnx<double>(list(counted(false)), false, Convert::gradients);
  check_close(gradients.at("B"), {200, 201, 202, 203, 204, 205, 200, 201, 202, 203, 204, 205});
  check_equal_weights(from_onnx(gradients, false, Convert::gradients)[0], counted(false));
  BOOST_TEST(!to_onnx<double>(list(counted(false, false)), false).contains("B"));
}

BOOST_AUTO_TEST_CASE(cudnn_has_one_flat_blob) {
  const auto blob = to_cudnn(counted(true));
  check_close(blob, {2,   8,   3,   9,   0,   6,   1,   7,   4,   10,  5,   11,
                     102, 108, 103, 109, 100, 106, 101, 107, 104, 110, 105, 111,
                     202, 203, 200, 201, 204, 205, 208, 209, 206, 207, 210, 211});
  check_equal_weights(from_cudnn<double>(blob, features, units), counted(true));
}

BOOST_AUTO_TEST_CASE(saved_cudnn_gru_has_blocks_in_column_order) {
  // Keras reads np.hstack([k.T.reshape(k.shape, order="F") for k in np.hsplit(kernel, 3)]).
  NamedTensors<double> saved;
  saved["kernel"] = tensor<double>({3, 6},
                                   {0,
                                    1,
                                    10,
                                    11,
                                    20,
                                    21,  //
                                    2,
                                    3,
                                    12,
                                    13,
                                    22,
                                    23,  //
                                    4,
                                    5,
                                    14,
                                    15,
                                    24,
                                    25});
  saved["recurrent_kernel"] = counted(true).recurrent_kernel;
  saved["bias"] = tensor<double>({12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const auto weights = from_cudnn_gru(saved);
  // 0 1 2 3 4 5 written down the columns of [3, 2] is 0 3 | 1 4 | 2 5.
  check_close(weights.kernel, {0, 3, 10, 13, 20, 23, 1, 4, 11, 14, 21, 24, 2, 5, 12, 15, 22, 25});
  check_close(weights.recurrent_kernel,
              {100, 106, 102, 108, 104, 110, 101, 107, 103, 109, 105, 111});
  BOOST_TEST(weights.bias.shape() == (Shape{2, 6}));
  const auto back = to_cudnn_gru(weights);
  for (const auto& [name, values] : saved) {
    BOOST_TEST(back.at(name).shape() == values.shape());
    check_equal(back.at(name).view(), values.view());
  }
}

BOOST_AUTO_TEST_CASE(onednn_adds_biases_that_it_has_one_row_for) {
  const auto lbr = to_onednn(counted(true), OneDNNCell::lbr_gru);
  check_close(lbr.at("bias"), {406, 408, 410, 412, 204, 205, 210, 211});
  BOOST_TEST(lbr.at("weights_layer").shape() == (Shape{2, 3, 2}));
  check_equal(lbr.at("weights_layer").view(), counted(true).kernel.view());
  check_close(from_onednn(lbr, OneDNNCell::lbr_gru).bias,
              {406, 408, 410, 412, 204, 205, 0, 0, 0, 0, 210, 211});
  const auto plain = to_onednn(counted(false), OneDNNCell::gru);
  BOOST_TEST(plain.at("bias").shape() == (Shape{3, 2}));
  check_equal_weights(from_onednn(plain, OneDNNCell::gru), counted(false));
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_sum_of_biases_goes_to_both) {
  auto weights = counted(true);
  for (std::size_t j = 0; j < 2 * units; ++j) {  // gradients of z and r agree in both rows
    weights.bias.data()[3 * units + j] = weights.bias.data()[j];
  }
  const auto onednn = to_onednn(weights, OneDNNCell::lbr_gru, Convert::gradients);
  check_close(onednn.at("bias"), {200, 201, 202, 203, 204, 205, 210, 211});
  check_equal_weights(from_onednn(onednn, OneDNNCell::lbr_gru, Convert::gradients), weights);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(v1_has_gates_and_candidate_apart, T, test::RealTypes) {
  const auto v1 = to_v1(counted<T>(false));
  check_close(v1.at("gates/kernel"),
              {2, 3, 0, 1, 8, 9, 6, 7, 102, 103, 100, 101, 108, 109, 106, 107});
  check_close(v1.at("gates/bias"), {202, 203, 200, 201});
  check_close(v1.at("candidate/kernel"), {4, 5, 10, 11, 104, 105, 110, 111});
  check_close(v1.at("candidate/bias"), {204, 205});
  check_equal_weights(from_v1(v1), counted<T>(false));
}

BOOST_AUTO_TEST_CASE(a_cell_of_v1_answers_the_same_as_a_cell_of_keras) {
  V1GRUCell<double> cell({.num_units = units, .bias_initializer = "glorot_uniform"});
  cell.build({features});
  NamedTensors<double> weights;
  for (const Parameter<double>* weight : cell.weights()) {
    const std::string name = weight->path().substr(cell.path().size() + 1);
    weights[name] = Tensor<double>::copy_of(std::as_const(*weight).value());
  }
  GRUCell<double> keras({.units = units, .reset_after = false});
  keras.build({features});
  set_gru_weights(keras, from_v1(weights));
  Tape<double> tape;
  const auto x = tape.constant(test::random_tensor<double>({3, features}, 1));
  const auto state = tape.constant(test::random_tensor<double>({3, units}, 2));
  const CallOptions<double> options{.initial_state = std::span(&state, 1)};
  check_close(keras(x, options), test::values<double>(cell(x, options).value()));
  for (const auto& [name, values] : to_v1(gru_weights(keras))) {
    check_equal(values.view(), weights.at(name).view());
  }
}

BOOST_AUTO_TEST_CASE(a_missing_bias_becomes_zeros_where_there_must_be_one) {
  check_close(to_v1(counted(false, false)).at("gates/bias"), {0, 0, 0, 0});
  check_close(to_onednn(counted(true, false), OneDNNCell::lbr_gru).at("bias"),
              std::vector<double>(8, 0.0));
  check_close(to_cudnn_gru(counted(true, false)).at("bias"), std::vector<double>(12, 0.0));
  check_close(part(from_cudnn<double>(to_cudnn(counted(true, false)), 2, 2).bias, 1),
              std::vector<double>(6, 0.0));
  GRUCell<double> cell({.units = 2, .bias_initializer = "ones"});
  cell.build({2});
  set_gru_weights(cell, counted(true, false));
  check_close(gru_weights(cell).bias, std::vector<double>(12, 0.0));
}

BOOST_AUTO_TEST_CASE(the_reset_gate_forbids_half_of_all_conversions) {
  const std::string after = ", the weights are for reset_after = true" + std::string(no_exact);
  const std::string before = ", the weights are for reset_after = false" + std::string(no_exact);
  const std::string resets_after = " resets after the recurrent product";
  const std::string resets_before = " resets before the recurrent product";
  RONDO_CHECK_THROWS(
      to_torch(counted(false)), ArgumentError, "[to_torch] PyTorch" + resets_after + before);
  RONDO_CHECK_THROWS(
      to_cudnn(counted(false)), ArgumentError, "[to_cudnn] cuDNN" + resets_after + before);
  RONDO_CHECK_THROWS(
      to_cudnn_gru(counted(false)), ArgumentError, "[to_cudnn_gru] cuDNN" + resets_after + before);
  RONDO_CHECK_THROWS(to_onnx<double>(list(counted(false)), true),
                     ArgumentError,
                     "[to_onnx] linear_before_reset = 1" + resets_after + before);
  RONDO_CHECK_THROWS(to_onnx<double>(list(counted(true)), false),
                     ArgumentError,
                     "[to_onnx] linear_before_reset = 0" + resets_before + after);
  RONDO_CHECK_THROWS(to_onednn(counted(false), OneDNNCell::lbr_gru),
                     ArgumentError,
                     "[to_onednn] lbr_gru" + resets_after + before);
  RONDO_CHECK_THROWS(to_onednn(counted(true), OneDNNCell::gru),
                     ArgumentError,
                     "[to_onednn] gru" + resets_before + after);
  RONDO_CHECK_THROWS(
      to_v1(counted(true)), ArgumentError, "[to_v1] tf.compat.v1's cell" + resets_before + after);
  GRUCell<double> cell({.units = 2});
  cell.build({2});
  RONDO_CHECK_THROWS(set_gru_weights(cell, from_v1(to_v1(counted(false)))),
                     ArgumentError,
                     "[set_gru_weights] the cell" + resets_after + before);
}

BOOST_AUTO_TEST_CASE(activations_that_a_system_fixes_are_the_only_ones) {
  GRUCell<double> hard({.units = 2, .activation = "relu", .recurrent_activation = "hard_sigmoid"});
  hard.build({2});
  RONDO_CHECK_THROWS(
      to_torch(gru_weights(hard)),
      ArgumentError,
      "[to_torch] PyTorch fixes recurrent_activation to sigmoid, the weights are for "
      "'hard_sigmoid_keras3'");
  RONDO_CHECK_THROWS(
      set_gru_weights(hard, from_torch(to_torch(counted(true)))),
      ArgumentError,
      "[set_gru_weights] the weights are for activation 'tanh', the cell has 'relu'");
  BOOST_TEST(to_onnx<double>(list(gru_weights(hard)), true).size() == 3);  // an attribute there
  GRUCell<double> relu({.units = 2, .activation = "relu", .reset_after = false});
  relu.build({2});
  BOOST_TEST(to_v1(gru_weights(relu)).size() == 4);  // free in V1
  RONDO_CHECK_THROWS(to_onednn(gru_weights(relu), OneDNNCell::gru),
                     ArgumentError,
                     "[to_onednn] oneDNN fixes activation to tanh, the weights are for 'relu'");
}

BOOST_AUTO_TEST_CASE(tensors_that_are_missing_or_do_not_fit_are_named) {
  auto torch = to_torch(counted(true));
  RONDO_CHECK_THROWS(from_torch(torch, "_l1"),
                     ArgumentError,
                     "[from_torch] unknown tensor 'weight_ih_l1' (did you mean 'weight_ih_l0'?), "
                     "known are bias_hh_l0, bias_ih_l0, weight_hh_l0, weight_ih_l0");
  torch["bias_hh_l0"] = Tensor<double>::zeros({5});
  RONDO_CHECK_THROWS(from_torch(torch),
                     ShapeError,
                     "[from_torch] 'bias_hh_l0' has another shape: expected (6), found (5)");
  auto onnx = to_onnx<double>(list(counted(true)), true);
  onnx["R"] = Tensor<double>::zeros({6, 2});
  RONDO_CHECK_THROWS(
      from_onnx(onnx, true), ShapeError, "[from_onnx] 'R' must have rank 3: found (6, 2)");
  RONDO_CHECK_THROWS(
      to_onnx<double>({}, true), ArgumentError, "[to_onnx] expected 1 or 2 directions, got 0");
  RONDO_CHECK_THROWS(from_cudnn<double>(Tensor<double>::zeros({35}), 2, 2),
                     ShapeError,
                     "[from_cudnn] the blob has another size: expected (36), found (35)");
  auto v1 = to_v1(counted(false));
  v1["candidate/kernel"] = Tensor<double>::zeros({2, 2});
  RONDO_CHECK_THROWS(from_v1(v1),
                     ShapeError,
                     "[from_v1] 'candidate/kernel' must have more rows than columns: inputs and "
                     "state: found (2, 2)");
  auto keras = counted(true);
  keras.bias = Tensor<double>::zeros({6});
  RONDO_CHECK_THROWS(to_torch(keras),
                     ShapeError,
                     "[to_torch] 'bias' has another shape: expected (2, 6), found (6)");
}

BOOST_AUTO_TEST_CASE(a_cell_without_bias_takes_none) {
  GRUCell<double> cell({.units = 2, .use_bias = false});
  cell.build({2});
  RONDO_CHECK_THROWS(set_gru_weights(cell, counted(true)),
                     ArgumentError,
                     "[set_gru_weights] the weights have a bias, the cell has use_bias = false");
  set_gru_weights(cell, counted(true, false));
  check_equal_weights(gru_weights(cell), counted(true, false));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace weight_conversion_test
