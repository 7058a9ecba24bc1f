#include "rondo/timeseries/class_errors.hpp"

#include "rondo/tests/support/check.hpp"

namespace class_errors_test {

using namespace rondo;

namespace {

using Labels = std::vector<std::size_t>;

const Labels actual{0, 0, 0, 0, 1, 1, 2, 2, 2, 2};
const Labels predicted{0, 0, 1, 3, 1, 0, 2, 2, 2, 1};

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_class_errors)

/// scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, f1_score(average='macro'),
/// confusion_matrix(labels=range(4)). Class 3 is predicted and never occurs.
BOOST_AUTO_TEST_CASE(errors_are_those_of_scikit_learn) {
  const ClassErrors errors = class_errors(actual, predicted, 4);
  BOOST_TEST(errors.accuracy == 0.6);
  BOOST_TEST(errors.balanced_accuracy == 0.5833333333333334, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(errors.f1 == 0.45714285714285713, boost::test_tools::tolerance(1e-15));
  const std::vector<Labels> confusion{{2, 1, 0, 1}, {1, 1, 0, 0}, {0, 1, 3, 0}, {0, 0, 0, 0}};
  BOOST_TEST((errors.confusion == confusion));
}

BOOST_AUTO_TEST_CASE(a_matrix_of_too_many_classes_is_refused) {
  BOOST_TEST(class_errors(Labels{999}, Labels{0}, most_classes).accuracy == 0.0);
  RONDO_CHECK_THROWS(class_errors(Labels{0}, Labels{0}, 1001),
                     ArgumentError,
                     "[class_errors] 1001 classes, at most 1000 are told apart");
}

BOOST_AUTO_TEST_CASE(a_class_that_nobody_names_does_not_count) {
  const ClassErrors errors = class_errors(Labels{0, 0, 1}, Labels{0, 0, 1}, 5);
  BOOST_TEST(errors.balanced_accuracy == 1.0);
  BOOST_TEST(errors.f1 == 1.0);
}

/// compute_class_weight('balanced') of scikit-learn 1.9.1: N / (classes · members).
BOOST_AUTO_TEST_CASE(balanced_weights_are_those_of_scikit_learn) {
  const std::vector<double> weights = balanced_class_weights(actual, 3);
  const std::vector<double> expected{10.0 / 12.0, 10.0 / 6.0, 10.0 / 12.0};
  BOOST_TEST(weights == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_probabilities_is_the_most_probable) {
  const Tensor<double> probabilities =
      Tensor<double>::from_values({2, 3}, {0.2, 0.4, 0.4, 0.1, 0.2, 0.7});
  BOOST_TEST(most_probable(probabilities.view()) == Labels({1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_measured_is_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(class_errors({}, {}, 2)),
                     ArgumentError,
                     "[class_errors] there is nothing to measure");
  RONDO_CHECK_THROWS(static_cast<void>(class_errors(Labels{0, 1}, Labels{0}, 2)),
                     ShapeError,
                     "[class_errors] 2 actual classes, 1 predicted ones");
  RONDO_CHECK_THROWS(static_cast<void>(class_errors(Labels{0}, Labels{2}, 2)),
                     ArgumentError,
                     "[class_errors] class 2 does not exist, there are 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace class_errors_test
