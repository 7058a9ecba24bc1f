#include "rondo/tests/support/check.hpp"

namespace ops_losses_names_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_ops_losses_names)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_answers_to_name_alias_and_class, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.constant(Tensor<T>::from_values({2, 1}, {1, 4}));
  const auto y = Tensor<T>::zeros({2, 1});
  for (const char* const name : {"mean_squared_error", "mse", "MeanSquaredError"}) {
    check_close(make_loss<T>(name)(p, y), {8.5});
  }
  check_close(make_loss<T>("huber")(p, y), {(0.5 + 3.5) / 2});
}

BOOST_AUTO_TEST_CASE(crossentropy_is_resolved_by_the_shapes) {
  Tape<double> tape;
  const auto crossentropy = make_loss<double>("crossentropy");
  const auto row = tape.constant(Tensor<double>::from_values({1, 2}, {0.25, 0.75}));
  const double expected = -std::log(0.25);
  check_close(crossentropy(row, Tensor<double>::from_values({1}, {0})), {expected});
  check_close(crossentropy(row, Tensor<double>::from_values({1, 1}, {0})), {expected});
  check_close(crossentropy(row, Tensor<double>::from_values({1, 2}, {1, 0})), {expected});
  const auto single = tape.constant(Tensor<double>::from_values({1, 1}, {0.25}));
  check_close(crossentropy(single, Tensor<double>::from_values({1, 1}, {1})), {expected});
}

BOOST_AUTO_TEST_CASE(an_unknown_name_lists_the_known_ones) {
  RONDO_CHECK_THROWS(
      static_cast<void>(make_loss<float>("mean_error")),
      ArgumentError,
      "[loss] unknown name 'mean_error', known are mean_squared_error, mean_absolute_error, "
      "mean_absolute_percentage_error, mean_squared_logarithmic_error, huber, log_cosh, poisson, "
      "hinge, squared_hinge, categorical_hinge, cosine_similarity, kl_divergence, "
      "binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy, "
      "binary_focal_crossentropy, categorical_focal_crossentropy, crossentropy, "
      "quantile_loss");
  BOOST_CHECK_THROW(static_cast<void>(make_loss<float>("")), ArgumentError);
}

BOOST_AUTO_TEST_CASE(a_function_of_predictions_and_targets_is_a_loss_without_weights) {
  const Loss<float> loss = [](const Variable<float>& p, TensorView<const float> y) {
    return mean_squared_error(p, y);
  };
  BOOST_TEST(!loss.takes_options());
  Tape<float> tape;
  const auto p = tape.constant(Tensor<float>::from_values({2, 1}, {1, 3}));
  const auto y = Tensor<float>::zeros({2, 1});
  const auto weights = Tensor<float>::full({2}, 2.0F);
  BOOST_TEST(loss(p, y).item() == 5.0F);
  RONDO_CHECK_THROWS(loss(p, y, {.sample_weights = weights}),
                     ArgumentError,
                     "[Loss] a function of predictions and targets takes neither reduction nor "
                     "sample_weights nor mask");
  const Loss<float> weighted = mean_squared_error<float>;
  BOOST_TEST(weighted.takes_options());
  BOOST_TEST(weighted(p, y, {.sample_weights = weights}).item() == 10.0F);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_losses_names_test
