#include "rondo/layers/constraints.hpp"

#include "rondo/tests/support/check.hpp"

namespace constraints_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
void check_constraint(const Constraint& constraint,
                      Tensor<T> weights,
                      const std::vector<double>& expected) {
  constraint(weights.view());
  check_close(std::as_const(weights).view(), expected);
}

constexpr double eps = 1e-7;

}  // namespace

BOOST_AUTO_TEST_SUITE(constraints)

BOOST_AUTO_TEST_CASE_TEMPLATE(bound_the_norm_of_columns, T, RealTypes) {
  // Norms 5, 1 and 0.
  const auto w = Tensor<T>::from_values({2, 3}, {3, T(0.6), 0, 4, T(-0.8), 0});
  const double s = 2 / (eps + 5);
  const double t = 1 / (eps + 1);  // inside the bound, and yet a little smaller
  check_constraint<T>("max_norm", w, {3 * s, 0.6 * t, 0, 4 * s, -0.8 * t, 0});
}

BOOST_AUTO_TEST_CASE(shrink_even_what_is_inside_the_bounds) {
  auto w = Tensor<double>::from_values({1}, {0.5});
  Constraint("max_norm")(w.view());
  BOOST_CHECK_EQUAL(w.data()[0], 0.5 * (0.5 / (1e-7 + 0.5)));
  BOOST_CHECK_LT(w.data()[0], 0.5);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(follow_any_axis, T, RealTypes) {
  using rondo::constraints::unit_norm;
  const auto w = Tensor<T>::from_values({2, 2}, {3, 4, 6, 8});
  const double column_0 = eps + std::sqrt(45.0);
  const double column_1 = eps + std::sqrt(80.0);
  const std::vector<double> columns{3 / column_0, 4 / column_1, 6 / column_0, 8 / column_1};
  check_constraint<T>(unit_norm(), w, columns);
  check_constraint<T>(unit_norm(-2), w, columns);
  const std::vector<double> rows{3 / (eps + 5), 4 / (eps + 5), 6 / (eps + 10), 8 / (eps + 10)};
  check_constraint<T>(unit_norm(1), w, rows);
  check_constraint<T>(unit_norm(-1), w, rows);
  // The middle axis of rank 3.
  check_constraint<T>(unit_norm(1), Tensor<T>::from_values({1, 2, 2}, {3, 4, 6, 8}), columns);
}

BOOST_AUTO_TEST_CASE(treat_wide_weights_column_by_column) {
  constexpr std::size_t columns = 150;  // more than one block
  auto w = random_tensor<double>({3, columns}, 1);
  const auto before = values<double>(w.view());
  Constraint("unit_norm")(w.view());
  for (std::size_t j = 0; j < columns; ++j) {
    double squares = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      squares += before[i * columns + j] * before[i * columns + j];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_CHECK_CLOSE(
          w.data()[i * columns + j], before[i * columns + j] / (eps + std::sqrt(squares)), 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(move_norms_between_two_bounds, T, RealTypes) {
  using rondo::constraints::min_max_norm;
  // Norms 0.5, 1.5 and 4 towards [1, 2].
  const auto w = Tensor<T>::from_values({1, 3}, {0.5, -1.5, 4});
  check_constraint<T>(min_max_norm({.min_value = 1.0, .max_value = 2.0}),
                      w,
                      {0.5 / (eps + 0.5), -1.5 * 1.5 / (eps + 1.5), 4 * 2 / (eps + 4)});
  check_constraint<T>(min_max_norm({.min_value = 1.0, .max_value = 2.0, .rate = 0.25}),
                      w,
                      {0.5 * (0.25 * 1 + 0.75 * 0.5) / (eps + 0.5),
                       -1.5 * 1.5 / (eps + 1.5),
                       4 * (0.25 * 2 + 0.75 * 4) / (eps + 4)});
  check_constraint<T>(min_max_norm({.min_value = 1.0, .max_value = 2.0, .axis = 1}),
                      Tensor<T>::from_values({2, 1}, {0.5, 4}),
                      {0.5 / (eps + 0.5), 4 * 2 / (eps + 4)});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cut_negative_values_off, T, RealTypes) {
  check_constraint<T>("non_neg", Tensor<T>::from_values({4}, {-1, 0, 2, -0.25}), {0, 0, 2, 0});
}

BOOST_AUTO_TEST_CASE(are_found_by_name) {
  const std::vector<std::tuple<const char*, const char*, const char*>> names{
      {"max_norm", "MaxNorm", R"({"class_name":"MaxNorm","config":{"max_value":2.0,"axis":0}})"},
      {"non_neg", "NonNeg", R"({"class_name":"NonNeg","config":{}})"},
      {"unit_norm", "UnitNorm", R"({"class_name":"UnitNorm","config":{"axis":0}})"},
      {"min_max_norm",
       "MinMaxNorm",
       R"({"class_name":"MinMaxNorm","config":)"
       R"({"min_value":0.0,"max_value":1.0,"rate":1.0,"axis":0}})"}};
  for (const auto& [name, class_name, config] : names) {
    BOOST_CHECK_EQUAL(Constraint(name).name(), name);
    BOOST_CHECK_EQUAL(Constraint(name).config(), config);
    BOOST_CHECK_EQUAL(Constraint(std::string(class_name)).config(), config);
  }
  BOOST_CHECK_EQUAL(Constraint().config(), "null");
}

BOOST_AUTO_TEST_CASE(are_refused_under_an_unknown_name) {
  RONDO_CHECK_THROWS(Constraint("norm"),
                     ArgumentError,
                     "[constraint] unknown name 'norm', known are max_norm, non_neg, unit_norm, "
                     "min_max_norm");
}

BOOST_AUTO_TEST_CASE(refuse_parameters_out_of_range) {
  using namespace rondo::constraints;
  const std::string rule = " must be finite and not negative, got ";
  RONDO_CHECK_THROWS(max_norm(-1.0), ArgumentError, "[max_norm] max_value" + rule + "-1");
  RONDO_CHECK_THROWS(min_max_norm({.min_value = std::nan("")}),
                     ArgumentError,
                     "[min_max_norm] min_value" + rule + "nan");
  RONDO_CHECK_THROWS(min_max_norm({.max_value = std::numeric_limits<double>::infinity()}),
                     ArgumentError,
                     "[min_max_norm] max_value" + rule + "inf");
  RONDO_CHECK_THROWS(min_max_norm({.min_value = 2.0}),
                     ArgumentError,
                     "[min_max_norm] min_value 2 lies above max_value 1");
  RONDO_CHECK_THROWS(min_max_norm({.rate = 1.5}),
                     ArgumentError,
                     "[min_max_norm] rate must lie in [0, 1], got 1.5");
}

BOOST_AUTO_TEST_CASE(refuse_an_axis_that_a_weight_does_not_have) {
  auto w = Tensor<float>::zeros({2});
  RONDO_CHECK_THROWS(rondo::constraints::max_norm(2.0, 1)(w.view()),
                     ArgumentError,
                     "[max_norm] axis 1 lies outside [-1, 1)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(may_be_a_users_own, T, RealTypes) {
  const Constraint own = [](auto weights) {
    for (auto& w : weights) {
      w = w * w;
    }
  };
  check_constraint<T>(own, Tensor<T>::from_values({2}, {-3, 2}), {9, 4});
  BOOST_CHECK_EQUAL(own.config(), "\"custom\"");
}

// A step that fails half way would have changed weights already.
BOOST_AUTO_TEST_CASE_TEMPLATE(are_compared_with_the_weight_when_it_is_made, T, RealTypes) {
  const std::vector<Constraint> wrong{rondo::constraints::max_norm(1.0, 7),
                                      rondo::constraints::unit_norm(7),
                                      rondo::constraints::min_max_norm({.axis = 7})};
  for (const Constraint& constraint : wrong) {
    Sequential<T> model{Dense<T>{{.units = 2, .kernel_constraint = constraint}}};
    RONDO_CHECK_THROWS(model.build({3}),
                       ArgumentError,
                       "[dense/kernel: " + constraint.name() + "] axis 7 lies outside [-2, 2)");
  }
  Dense<T> dense{{.units = 2, .bias_constraint = rondo::constraints::unit_norm(-2)}};
  RONDO_CHECK_THROWS(
      dense.build({3}), ArgumentError, "[dense/bias: unit_norm] axis -2 lies outside [-1, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace constraints_test
