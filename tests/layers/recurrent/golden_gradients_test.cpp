// Outputs and gradients of asymmetric weights, confirmed with Keras' automatic differentiation.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace golden_gradients_test {

using namespace rondo;
using test::by_formula;
using test::check_printed;
using test::mask;
using test::RealTypes;

namespace {

template <Real T>
constexpr double printed = std::is_same_v<T, float> ? 1e-6 : 1e-9;

/// What is printed, row-major; the bias holds both rows with reset_after.
struct Golden {
  double loss;
  std::vector<double> y, final_state, dx, dh0, dkernel, drecurrent, dbias;
};

template <Real T>
void check(bool reset_after, TensorView<const bool> valid, const Golden& golden) {
  GRU<T> gru({.units = 2, .return_sequences = true, .reset_after = reset_after});
  gru.build({3, 2});
  test::assign_golden_weights(gru);
  Tape<T> tape;
  const auto x = tape.variable(by_formula<T>({2, 3, 2}, [](double b, double t, double f) {
    return std::sin(0.3 * b + 0.5 * t + 0.8 * f);
  }));
  const std::array h0{tape.variable(
      by_formula<T>({2, 2}, [](double b, double j) { return 0.2 * std::cos(b + j); }))};
  const auto weighting = by_formula<T>({2, 3, 2}, [](double b, double t, double j) {
    return std::cos(0.6 * b + 0.2 * t + 0.9 * j);
  });
  const auto [y, states] = gru.run(x, {.mask = valid, .initial_state = h0});
  const auto loss = sum(y * tape.constant(weighting));
  tape.backward(loss);

  const auto weights = gru.weights();
  const auto compare = [](const char* name, auto found, const std::vector<double>& expected) {
    BOOST_TEST_CONTEXT(name) {
      check_printed(found, expected, printed<T>);
    }
  };
  compare("loss", loss.value(), {golden.loss});
  compare("outputs", y.value(), golden.y);
  compare("final state", states[0].value(), golden.final_state);
  compare("gradient of the inputs", x.grad(), golden.dx);
  compare("gradient of the initial state", h0[0].grad(), golden.dh0);
  compare("gradient of the kernel", weights[0]->grad(), golden.dkernel);
  compare("gradient of the recurrent kernel", weights[1]->grad(), golden.drecurrent);
  compare("gradient of the bias", weights[2]->grad(), golden.dbias);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_golden_gradients)

// clang-format off

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_after_the_recurrent_product, T, RealTypes) {
  check<T>(/*reset_after=*/true, /*valid=*/{}, {
    .loss = -0.147861708,
    .y = {0.108352905, 0.112055588, -0.027272667, 0.177806275, -0.167263995, 0.236804247,
          0.011804507, 0.049341104, -0.120090872, 0.151436030, -0.239575859, 0.215555781},
    .final_state = {-0.167263995, 0.236804247, -0.239575859, 0.215555781},
    .dx = {-0.249714832, 0.095929055, -0.196787718, 0.041951500, -0.108074724, 0.015820776,
           -0.233494494, -0.071760252, -0.141572067, -0.048583240, -0.076950336, -0.041706880},
    .dh0 = {1.220452712, 0.347428504, 0.983206590, -0.224191537},
    .dkernel = {0.261273084, 0.016115642, 0.002832601, -0.000981964, 1.074145353, -0.031867973,
                0.495309563, 0.017421659, 0.006681948, -0.016383343, 2.333699505, 0.257867902},
    .drecurrent = {0.041640176, -0.002362782, 0.000423243, -0.004418225, 0.110390554, 0.037125679,
                   0.044787509, -0.003200265, -0.001658254, -0.002823856, 0.085165321, 0.024327128},
    .dbias = {0.550187340, 0.019564781, 0.006771787, -0.021296515, 2.661088964, 0.347725227,
              0.550187340, 0.019564781, 0.006771787, -0.021296515, 1.209518729, 0.151133157}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_before_the_recurrent_product, T, RealTypes) {
  check<T>(/*reset_after=*/false, /*valid=*/{}, {
    .loss = -0.238205462,
    .y = {0.094423202, 0.126614875, -0.050858125, 0.193803680, -0.194127529, 0.254255983,
          -0.004063869, 0.054790512, -0.144889684, 0.159685791, -0.265703955, 0.229047994},
    .final_state = {-0.194127529, 0.254255983, -0.265703955, 0.229047994},
    .dx = {-0.263153684, 0.093258420, -0.204345422, 0.039764266, -0.112825099, 0.013320412,
           -0.241959947, -0.066202124, -0.143886974, -0.043758848, -0.077517132, -0.038476466},
    .dh0 = {1.138221413, 0.403101100, 0.933823828, -0.195486694},
    .dkernel = {0.264609652, 0.016249226, -0.001202475, -0.011239943, 1.114995950, -0.022762030,
                0.512806195, 0.009716628, -0.010110459, -0.024240614, 2.408474069, 0.275573045},
    .drecurrent = {0.038830896, -0.004731324, -0.002345619, -0.002633271, 0.105610026, 0.042262027,
                   0.049126041, -0.004470757, -0.001161606, -0.004708188, 0.072053642, 0.023853292},
    .dbias = {0.571304122, 0.009397497, -0.013086194, -0.028396718, 2.744595500, 0.368063571}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask, T, RealTypes) {
  const auto valid = mask({2, 3}, {true, false, true, false, true, false});
  check<T>(/*reset_after=*/true, valid, {
    .loss = 0.228420468,
    .y = {0.108352905, 0.112055588, 0.108352905, 0.112055588, -0.073633689, 0.187085333,
          0, 0, -0.050039868, 0.059567666, -0.050039868, 0.059567666},
    .final_state = {-0.073633689, 0.187085333, -0.050039868, 0.059567666},
    .dx = {-0.318975300, 0.132143075, 0, 0, -0.105266152, 0.023850285,
           0, 0, -0.157996617, -0.044397546, 0, 0},
    .dh0 = {1.572144283, 0.472952422, 0.854776743, -0.354631235},
    .dkernel = {0.179478502, 0.020322551, 0.005068127, -0.000683108, 0.523992224, -0.026842755,
                0.334854870, 0.029049434, 0.003911564, -0.017718062, 1.378675953, 0.294558697},
    .drecurrent = {0.054653796, 0.002738765, -0.000141268, -0.004874980, 0.122077700, 0.039699267,
                   0.017759103, -0.005659058, -0.001233428, -0.003078878, 0.045650910, 0.028352098},
    .dbias = {0.379556845, 0.027870150, 0.002599181, -0.024598835, 1.663219230, 0.432310780,
              0.379556845, 0.027870150, 0.002599181, -0.024598835, 0.759048764, 0.189926350}});
}

// clang-format on

BOOST_AUTO_TEST_SUITE_END()

}  // namespace golden_gradients_test
