#include "rondo/optim/metrics/metrics.hpp"

#include <cmath>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/heap_calls.hpp"

namespace metrics_test {

using namespace rondo;
using test::RealTypes;

namespace {

void check_result(double found, double expected, double tolerance = 1e-6) {
  BOOST_CHECK_SMALL(found - expected, tolerance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_metrics)

BOOST_AUTO_TEST_CASE(a_mean_of_batch_losses_weighs_them_by_their_samples) {
  Mean mean;
  BOOST_TEST(mean.result() == 0.0);
  mean.update(2.0, 3.0);
  mean.update(6.0);
  BOOST_TEST(mean.result() == 3.0);
  mean.reset();
  BOOST_TEST(mean.result() == 0.0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sums_grow_until_they_are_reset, T, RealTypes) {
  MeanAbsoluteError<T> metric;
  metric.update(Tensor<T>::from_values({2, 1}, {1, 2}), Tensor<T>::zeros({2, 1}));
  metric.update(Tensor<T>::from_values({1, 1}, {6}), Tensor<T>::zeros({1, 1}));
  BOOST_TEST(metric.result() == 3.0);
  metric.reset();
  BOOST_TEST(metric.result() == 0.0);
  metric.update(Tensor<T>::from_values({1, 1}, {5}), Tensor<T>::zeros({1, 1}));
  BOOST_TEST(metric.result() == 5.0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_step_does_not_count, T, RealTypes) {
  const auto p = Tensor<T>::from_values({2, 2, 1}, {1, 100, 3, 4});
  const auto y = Tensor<T>::zeros({2, 2, 1});
  const auto mask = Tensor<bool>::from_values({2, 2}, {true, false, true, true});
  MeanSquaredError<T> mse;
  mse.update(p, y, {}, mask);
  check_result(mse.result(), 26.0 / 3);
  RootMeanSquaredError<T> rmse;
  rmse.update(p, y, {}, mask);
  check_result(rmse.result(), std::sqrt(26.0 / 3));
  const auto scores = Tensor<T>::from_values({1, 3, 2}, {1, 0, 0, 1, 1, 0});
  const auto labels = Tensor<T>::from_values({1, 3}, {0, 0, 7});
  const auto kept = Tensor<bool>::from_values({1, 3}, {true, true, false});
  SparseCategoricalAccuracy<T> accuracy;
  accuracy.update(scores, labels, {}, kept);
  check_result(accuracy.result(), 0.5);
  R2Score<T> r2;
  r2.update(Tensor<T>::from_values({3, 1}, {1, 2, 50}),
            Tensor<T>::from_values({3, 1}, {1, 3, -9}),
            {},
            Tensor<bool>::from_values({3}, {true, true, false}));
  check_result(r2.result(), 1.0 - 1.0 / 2.0);
}

// 1 - Σ (y - p)² / Σ (y - ȳ)² in exact arithmetic.
BOOST_AUTO_TEST_CASE(r2_of_large_targets_keeps_its_digits) {
  R2Score<float> whole;
  R2Score<double> fine;
  for (int i = 0; i < 100; ++i) {
    const auto y = static_cast<float>(16000000 + i % 7);
    whole.update(Tensor<float>::full({1, 1}, y + static_cast<float>(i % 3 - 1)),
                 Tensor<float>::full({1, 1}, y));
    const double z = 1e9 + std::sin(i);
    fine.update(Tensor<double>::full({1, 1}, z + 0.1 * std::cos(7 * i)),
                Tensor<double>::full({1, 1}, z));
  }
  BOOST_TEST(std::abs(whole.result() - 0.8344657195799876) <
             1e-9);                                                 // the mean has an error of 2e-9
  BOOST_TEST(std::abs(fine.result() - 0.9900248924236782) < 1e-8);  // of y - p, a digit of 1e9
}

// As scikit-learn says; Keras has NaN and 0.
BOOST_AUTO_TEST_CASE_TEMPLATE(r2_of_constant_targets_is_one_or_zero, T, RealTypes) {
  const auto y = Tensor<T>::full({3, 1}, T{5});
  for (const auto aggregation :
       {ClassAggregation::uniform_average, ClassAggregation::variance_weighted_average}) {
    R2Score<T> exact({.class_aggregation = aggregation});
    exact.update(y, y);
    BOOST_TEST(exact.result() == 1.0);
    R2Score<T> wrong({.class_aggregation = aggregation});
    wrong.update(Tensor<T>::from_values({3, 1}, {5, 5, 6}), y);
    BOOST_TEST(wrong.result() == 0.0);
    exact.reset();
    BOOST_TEST(exact.result() == 0.0);  // of nothing, as before the first update
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(accuracy_is_resolved_by_the_first_shapes, T, RealTypes) {
  const auto single = Tensor<T>::from_values({3, 1}, {T(0.9), T(0.2), T(0.6)});
  const auto bits = Tensor<T>::from_values({3, 1}, {1, 1, 1});
  ResolvedAccuracy<T> binary;
  binary.update(single, bits);
  check_result(binary.result(), 2.0 / 3);
  const auto scores = Tensor<T>::from_values({2, 3}, {0, 1, 0, 1, 0, 0});
  for (const Shape& shape : {Shape{2}, Shape{2, 1}}) {
    ResolvedAccuracy<T> sparse;
    sparse.update(scores, Tensor<T>::from_values(shape, {1, 1}));
    check_result(sparse.result(), 0.5);
  }
  ResolvedAccuracy<T> categorical;
  categorical.update(scores, Tensor<T>::from_values({2, 3}, {0, 1, 0, 0, 0, 1}));
  check_result(categorical.result(), 0.5);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(perplexity_and_bits_count_every_step_alike, T, RealTypes) {
  const auto two = Tensor<T>::from_values({1, 2, 2}, {0.25, 0.75, 0.5, 0.5});
  const auto one = Tensor<T>::from_values({1, 1, 2}, {0.125, 0.875});
  Perplexity<T> perplexity;
  BitsPerCharacter<T> bits({.ignore_class = 5});
  perplexity.update(two, Tensor<T>::from_values({1, 2}, {0, 1}));
  perplexity.update(one, Tensor<T>::from_values({1, 1}, {0}));
  check_result(perplexity.result(), std::exp((std::log(4) + std::log(2) + std::log(8)) / 3), 1e-5);
  bits.update(two, Tensor<T>::from_values({1, 2}, {0, 5}));
  bits.update(one, Tensor<T>::from_values({1, 1}, {0}));
  check_result(bits.result(), (2.0 + 3.0) / 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_likelihood_of_a_frame_is_a_sum_over_its_bits, T, RealTypes) {
  const auto p = Tensor<T>::from_values({1, 2, 2}, {0.5, 0.25, 0.9, 0.9});
  const auto y = Tensor<T>::from_values({1, 2, 2}, {1, 0, 1, 1});
  const auto mask = Tensor<bool>::from_values({1, 2}, {true, false});
  FrameNegativeLogLikelihood<T> metric;
  metric.update(p, y, {}, mask);
  check_result(metric.result(), -std::log(0.5) - std::log(0.75));
  metric.update(p, y);
  check_result(metric.result(), (-2 * std::log(0.375) - 2 * std::log(0.9)) / 3);
}

BOOST_AUTO_TEST_CASE(an_area_at_given_thresholds) {
  AUC<double> auc({.thresholds = {0.5}});
  const auto p = Tensor<double>::from_values({4}, {0.1, 0.6, 0.4, 0.9});
  const auto y = Tensor<double>::from_values({4}, {0, 0, 1, 1});
  auc.update(p, y);
  check_result(auc.result(), 0.5);  // rates (1, 1), (1/2, 1/2), (0, 0)
}

BOOST_AUTO_TEST_CASE(scores_of_each_class_are_there_too) {
  F1Score<double> f1;
  f1.update(Tensor<double>::from_values({2, 2}, {0.9, 0.1, 0.8, 0.2}),
            Tensor<double>::from_values({2, 2}, {1, 0, 0, 1}));
  const auto scores = f1.per_class();
  BOOST_REQUIRE_EQUAL(scores.size(), 2U);
  check_result(scores[0], 2.0 / 3, 1e-6);
  check_result(scores[1], 0.0);
}

BOOST_AUTO_TEST_CASE(a_metric_by_name_is_called_as_it_was_asked_for) {
  BOOST_TEST(make_metric<float>("mse")->name() == "mse");
  BOOST_TEST(make_metric<float>("acc")->name() == "acc");
  BOOST_TEST(make_metric<float>("AUC")->name() == "AUC");
  BOOST_TEST(Precision<float>().name() == "precision");
}

BOOST_AUTO_TEST_CASE(metrics_know_their_better_side) {
  for (const char* const name :
       {"accuracy", "auc", "f1_score", "r2_score", "cosine_similarity", "recall"}) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(make_metric<float>(name)->higher_is_better());
    }
  }
  for (const char* const name : {"mae", "perplexity", "kl_divergence", "poisson", "hinge"}) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(!make_metric<float>(name)->higher_is_better());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_metric_lists_the_known_ones) {
  RONDO_CHECK_THROWS(
      static_cast<void>(make_metric<float>("precison")),
      ArgumentError,
      "[metric] unknown name 'precison' (did you mean 'precision'?), known are accuracy, "
      "binary_accuracy, "
      "categorical_accuracy, sparse_categorical_accuracy, top_k_categorical_accuracy, "
      "sparse_top_k_categorical_accuracy, auc, precision, recall, f1_score, r2_score, "
      "mean_squared_error, root_mean_squared_error, mean_absolute_error, "
      "mean_absolute_percentage_error, mean_squared_logarithmic_error, log_cosh_error, "
      "cosine_similarity, poisson, kl_divergence, hinge, squared_hinge, "
      "categorical_hinge, "
      "binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy, "
      "crossentropy, quantile_loss, perplexity, bits_per_character, frame_negative_log_likelihood");
  BOOST_CHECK_THROW(static_cast<void>(make_metric<float>("")), ArgumentError);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_measured_is_refused) {
  RONDO_CHECK_THROWS(TopKCategoricalAccuracy<float>(0),
                     ArgumentError,
                     "[top_k_categorical_accuracy] k must be positive, got 0");
  RONDO_CHECK_THROWS(
      Precision<float>({.top_k = 0}), ArgumentError, "[precision] top_k must be positive, got 0");
  RONDO_CHECK_THROWS(AUC<float>({.num_thresholds = 1}),
                     ArgumentError,
                     "[auc] num_thresholds must be above 1, got 1");
  RONDO_CHECK_THROWS(AUC<float>({.thresholds = {1.5}}),
                     ArgumentError,
                     "[auc] thresholds must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(
      LossMetric<float>("own", Loss<float>([](const Variable<float>& p, TensorView<const float> y) {
                          return mean_squared_error(p, y);
                        })),
      ArgumentError,
      "[LossMetric] the loss must take weights and masks");
  const auto p = Tensor<float>::from_values({1, 2}, {0.5F, 2.0F});
  const auto y = Tensor<float>::zeros({1, 2});
  AUC<float> auc;
  RONDO_CHECK_THROWS(
      auc.update(p, y), ArgumentError, "[auc] prediction 2 at position 1 lies outside [0, 1]");
  Recall<float> recall({.class_id = 2});
  RONDO_CHECK_THROWS(
      recall.update(p, y), ArgumentError, "[recall] class_id 2 does not exist, there are 2");
  F1Score<float> f1;
  R2Score<float> r2;
  f1.update(p, y);
  r2.update(p, y);
  const auto three = Tensor<float>::zeros({1, 3});
  RONDO_CHECK_THROWS(f1.update(three, three),
                     ShapeError,
                     "[f1_score] there were 2 classes before: predictions (1, 3)");
  RONDO_CHECK_THROWS(r2.update(three, three),
                     ShapeError,
                     "[r2_score] there were 2 outputs before: predictions (1, 3)");
}

// The sums of two parts, in either order, are those of the whole within rounding.
BOOST_AUTO_TEST_CASE(parts_of_the_data_are_merged) {
  const auto p = test::random_tensor<double>({12, 3}, 1, 0.1, 0.9);
  auto y = Tensor<double>::zeros({12, 3});
  for (std::size_t i = 0; i < 12; ++i) {
    y.data()[3 * i + i % 3] = 1.0;
  }
  const auto rows = [](const Tensor<double>& all, std::size_t first, std::size_t count) {
    return TensorView<const double>(all.data() + 3 * first, {count, 3});
  };
  const auto check = [&]<class M>(M whole, M first, M second) {
    BOOST_TEST_CONTEXT(whole.name()) {
      whole.update(p.view(), y.view());
      first.update(rows(p, 0, 5), rows(y, 0, 5));
      second.update(rows(p, 5, 7), rows(y, 5, 7));
      first.merge(second.state());
      BOOST_TEST(first.result() == whole.result(), boost::test_tools::tolerance(1e-12));
    }
  };
  using R2 = R2Score<double>;
  check(R2(), R2(), R2());
  using F1 = F1Score<double>;
  check(F1(), F1(), F1());
  using Area = AUC<double>;
  check(Area(), Area(), Area());
  using Error = RootMeanSquaredError<double>;
  check(Error(), Error(), Error());
  using Right = CategoricalAccuracy<double>;
  check(Right(), Right(), Right());
}

BOOST_AUTO_TEST_CASE(a_steady_update_does_not_touch_the_heap) {
  const auto p = test::random_tensor<float>({8, 6}, 1, 0.1, 0.9);
  auto y = Tensor<float>::zeros({8, 6});
  auto labels = Tensor<float>::zeros({8});
  for (std::size_t i = 0; i < 8; ++i) {
    y.data()[i * 6 + i % 6] = 1.0F;
    labels.data()[i] = static_cast<float>(i % 6);
  }
  const auto weights = test::random_tensor<float>({8}, 2, 0.5, 2.0);
  const auto mask = Tensor<bool>::full({8}, true);
  for (const char* const name : {"accuracy",
                                 "binary_accuracy",
                                 "top_k_categorical_accuracy",
                                 "auc",
                                 "precision",
                                 "recall",
                                 "f1_score",
                                 "r2_score",
                                 "mse",
                                 "rmse",
                                 "cosine_similarity",
                                 "categorical_crossentropy",
                                 "frame_negative_log_likelihood",
                                 "perplexity",
                                 "sparse_top_k_categorical_accuracy"}) {
    BOOST_TEST_CONTEXT(name) {
      auto metric = make_metric<float>(name);
      const std::string text = name;
      const bool sparse = text == "perplexity" || text.starts_with("sparse");
      const TensorView<const float> targets = sparse ? labels.view() : y.view();
      for (int i = 0; i < 3; ++i) {
        metric->update(p, targets, weights, mask);
        static_cast<void>(metric->result());
      }
      const std::size_t before = test::heap_calls();
      metric->update(p, targets, weights, mask);
      const double result = metric->result();
      const std::size_t calls = test::heap_calls() - before;
      BOOST_TEST(calls == 0U);
      BOOST_TEST(std::isfinite(result));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_metric_goes_on_from_its_sums) {
  const auto p = test::random_tensor<double>({5, 1}, 1, 0.0, 1.0);
  const auto y = Tensor<double>::from_values({5, 1}, {0, 1, 1, 0, 1});
  for (const char* const name : {"accuracy", "auc", "precision", "mse"}) {
    auto whole = make_metric<double>(name);
    whole->update(p, y);
    auto rest = make_metric<double>(name);
    const auto sums = whole->state();
    BOOST_REQUIRE_EQUAL(rest->state().size(), sums.size());
    std::copy(sums.begin(), sums.end(), rest->state().begin());
    BOOST_TEST(rest->result() == whole->result());
    whole->update(p, y);
    rest->update(p, y);
    BOOST_TEST(rest->result() == whole->result());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace metrics_test
