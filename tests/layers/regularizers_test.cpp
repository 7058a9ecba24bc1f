#include "rondo/layers/regularizers.hpp"

#include "rondo/tests/support/check.hpp"

namespace regularizers_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
struct Penalty {
  double value;
  std::vector<T> gradient;
};

template <Real T>
Penalty<T> penalty(const Regularizer& regularizer, const Tensor<T>& x) {
  Tape<T> tape;
  const auto variable = tape.variable(x);
  const auto loss = regularizer(variable);
  tape.backward(loss);
  return {static_cast<double>(loss.item()), values<T>(variable.grad())};
}

template <Real T>
void check_penalty(const Regularizer& regularizer,
                   const Tensor<T>& x,
                   double value,
                   const std::vector<double>& gradient) {
  const auto found = penalty(regularizer, x);
  check_close(std::span<const T>(std::array{static_cast<T>(found.value)}), {value}, tolerance<T>);
  check_close(std::span<const T>(found.gradient), gradient, tolerance<T>);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(regularizers)

BOOST_AUTO_TEST_CASE_TEMPLATE(have_keras_values_and_gradients, T, RealTypes) {
  using namespace rondo::regularizers;
  const auto x = Tensor<T>::from_values({2, 2}, {1, -2, 0, 3});
  check_penalty<T>(l1(0.1), x, 0.6, {0.1, -0.1, 0, 0.1});
  check_penalty<T>(l2(0.1), x, 1.4, {0.2, -0.4, 0, 0.6});
  check_penalty<T>(l1_l2(0.1, 0.2), x, 0.6 + 2.8, {0.5, -0.9, 0, 1.3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(take_the_mean_cosine_of_rows_or_columns, T, RealTypes) {
  using namespace rondo::regularizers;
  // Rows (0.6, 0.8) and (0.8, 0.6) after normalisation: cosine 0.96, derivative (u₂ − 0.96 u₁) / 5.
  const auto x = Tensor<T>::from_values({2, 2}, {3, 4, 4, 3});
  check_penalty<T>(orthogonal(0.5), x, 0.48, {0.0224, -0.0168, -0.0168, 0.0224});
  // Cosines 0, 0.6 and 0.8 of three pairs of rows; 12 / √(10 · 17) of one pair of columns.
  const auto tall = Tensor<T>::from_values({3, 2}, {1, 0, 0, 1, 3, 4});
  BOOST_CHECK_CLOSE(penalty<T>(orthogonal(0.3), tall).value, 0.3 * 1.4 / 3, 1e-4);
  BOOST_CHECK_CLOSE(penalty<T>(orthogonal(0.3, OrthogonalMode::columns), tall).value,
                    0.3 * 12 / std::sqrt(170.0),
                    1e-4);
}

BOOST_AUTO_TEST_CASE(agree_with_differences_for_the_cosines) {
  for (const auto mode : {OrthogonalMode::rows, OrthogonalMode::columns}) {
    const auto regularizer = rondo::regularizers::orthogonal(2.0, mode);
    check_gradient([&](const auto& x) { return regularizer(x); },
                   {random_tensor<double>({3, 4}, 1)});
  }
}

BOOST_AUTO_TEST_CASE(have_no_cosine_without_a_pair_or_a_length) {
  const auto regularizer = rondo::regularizers::orthogonal(1.0);
  Tape<double> tape;
  BOOST_CHECK_EQUAL(regularizer(tape.constant(Tensor<double>::full({1, 3}, 2.0))).item(), 0.0);
  check_penalty<double>(
      regularizer, Tensor<double>::from_values({2, 2}, {0, 0, 1, 2}), 0.0, {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(are_found_by_name) {
  const std::vector<std::tuple<const char*, const char*, const char*>> names{
      {"l1", "L1", R"({"class_name":"L1","config":{"l1":0.01}})"},
      {"l2", "L2", R"({"class_name":"L2","config":{"l2":0.01}})"},
      {"l1_l2", "L1L2", R"({"class_name":"L1L2","config":{"l1":0.01,"l2":0.01}})"},
      {"orthogonal_regularizer",
       "OrthogonalRegularizer",
       R"({"class_name":"OrthogonalRegularizer","config":{"factor":0.01,"mode":"rows"}})"}};
  for (const auto& [name, class_name, config] : names) {
    BOOST_CHECK_EQUAL(Regularizer(name).name(), name);
    BOOST_CHECK_EQUAL(Regularizer(name).config(), config);
    BOOST_CHECK_EQUAL(Regularizer(std::string(class_name)).config(), config);
  }
  BOOST_CHECK_EQUAL(
      rondo::regularizers::orthogonal(0.5, OrthogonalMode::columns).config(),
      R"({"class_name":"OrthogonalRegularizer","config":{"factor":0.5,"mode":"columns"}})");
  BOOST_CHECK_EQUAL(Regularizer().config(), "null");
}

BOOST_AUTO_TEST_CASE(are_refused_under_an_unknown_name) {
  RONDO_CHECK_THROWS(Regularizer("l3"),
                     ArgumentError,
                     "[regularizer] unknown name 'l3', known are l1, l2, l1_l2, "
                     "orthogonal_regularizer");
}

BOOST_AUTO_TEST_CASE(refuse_coefficients_out_of_range) {
  using namespace rondo::regularizers;
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string rule = " must be finite and not negative, got ";
  RONDO_CHECK_THROWS(l1(-1.0), ArgumentError, "[l1] l1" + rule + "-1");
  RONDO_CHECK_THROWS(l2(infinity), ArgumentError, "[l2] l2" + rule + "inf");
  RONDO_CHECK_THROWS(l1_l2(-0.5, 0.0), ArgumentError, "[l1_l2] l1" + rule + "-0.5");
  RONDO_CHECK_THROWS(l1_l2(0.0, std::nan("")), ArgumentError, "[l1_l2] l2" + rule + "nan");
  RONDO_CHECK_THROWS(
      orthogonal(-1.0), ArgumentError, "[orthogonal_regularizer] factor" + rule + "-1");
}

BOOST_AUTO_TEST_CASE(of_cosines_need_a_matrix) {
  Tape<float> tape;
  RONDO_CHECK_THROWS(
      Regularizer("orthogonal_regularizer")(tape.constant(Tensor<float>::zeros({3}))),
      ShapeError,
      "[orthogonal_regularizer] only a matrix has rows and columns: x (3)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(may_be_a_users_own, T, RealTypes) {
  const Regularizer own = [](const auto& x) { return 0.5 * sum(x * x * x); };
  check_penalty<T>(own, Tensor<T>::from_values({2}, {1, 2}), 4.5, {1.5, 6});
  BOOST_CHECK_EQUAL(own.config(), "\"custom\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace regularizers_test
