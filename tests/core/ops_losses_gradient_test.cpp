#include <array>

#include "rondo/core/ops_quantile_loss.hpp"
#include "rondo/tests/support/check.hpp"

namespace ops_losses_gradient_test {

using namespace rondo;
using test::check_gradient;
using test::random_tensor;

namespace {

using V = Variable<double>;

const auto logits = [] { return random_tensor<double>({2, 3, 4}, 1, -2.0, 2.0); };
const auto probabilities = [] { return random_tensor<double>({2, 3, 4}, 2, 0.05, 0.95); };
const auto targets = [] { return random_tensor<double>({2, 3, 4}, 3, 0.0, 1.0); };

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_losses_gradient)

BOOST_AUTO_TEST_CASE(errors) {
  const auto y = targets();
  check_gradient([&](const V& p) { return mean_squared_error(p, y); }, {logits()});
  check_gradient([&](const V& p) { return mean_absolute_error(p, y); }, {logits()});
  check_gradient([&](const V& p) { return huber(p, y); }, {logits()});
  check_gradient([&](const V& p) { return huber(p, y, 0.3); }, {logits()});
}

BOOST_AUTO_TEST_CASE(binary_crossentropies) {
  const auto y = targets();
  for (const double smoothing : {0.0, 0.3}) {
    const CrossentropyOptions options{.label_smoothing = smoothing};
    check_gradient([&](const V& p) { return binary_crossentropy(p, y, options); },
                   {probabilities()});
    const CrossentropyOptions from_logits{.from_logits = true, .label_smoothing = smoothing};
    check_gradient([&](const V& l) { return binary_crossentropy(l, y, from_logits); }, {logits()});
  }
}

BOOST_AUTO_TEST_CASE(categorical_crossentropies_of_targets_that_need_not_sum_to_one) {
  const auto y = targets();
  for (const double smoothing : {0.0, 0.3}) {
    const CrossentropyOptions options{.label_smoothing = smoothing};
    check_gradient([&](const V& p) { return categorical_crossentropy(p, y, options); },
                   {probabilities()});
    const CrossentropyOptions from_logits{.from_logits = true, .label_smoothing = smoothing};
    check_gradient([&](const V& l) { return categorical_crossentropy(l, y, from_logits); },
                   {logits()});
  }
}

BOOST_AUTO_TEST_CASE(categorical_crossentropies_with_a_clipped_class) {
  const auto p = Tensor<double>::from_values({2, 3}, {1e-9, 0.4, 0.6, 0.2, 0.3, 0.5});
  const auto y = Tensor<double>::from_values({2, 3}, {0.5, 0.25, 0.25, 0, 0, 1});
  const auto result = check_gradients(
      [&](Tape<double>&, std::span<const V> x) { return categorical_crossentropy(x[0], y); },
      {p},
      {.epsilon = 1e-10, .tolerance = 1e-4});
  BOOST_CHECK_MESSAGE(result.passed, result.report);
}

BOOST_AUTO_TEST_CASE(sparse_crossentropies) {
  const auto labels = Tensor<double>::from_values({2, 3}, {3, 0, 1, 1, 2, 3});
  for (const std::optional<int> ignored : {std::optional<int>(), std::optional<int>(1)}) {
    const SparseCrossentropyOptions options{.ignore_class = ignored};
    check_gradient([&](const V& p) { return sparse_categorical_crossentropy(p, labels, options); },
                   {probabilities()});
    const SparseCrossentropyOptions from_logits{.from_logits = true, .ignore_class = ignored};
    check_gradient(
        [&](const V& l) { return sparse_categorical_crossentropy(l, labels, from_logits); },
        {logits()});
  }
}

BOOST_AUTO_TEST_CASE(losses_with_a_trailing_axis_on_one_side) {
  const auto y = random_tensor<double>({5}, 4, 0.0, 1.0);
  const auto p = random_tensor<double>({5, 1}, 5, 0.1, 0.9);
  check_gradient([&](const V& v) { return mean_squared_error(v, y); }, {p});
  check_gradient([&](const V& v) { return binary_crossentropy(v, y); }, {p});
}

BOOST_AUTO_TEST_CASE(losses_without_options) {
  const auto y = targets();
  const auto p = probabilities();
  const auto check = [&](auto loss) {
    check_gradient([&](const V& v) { return loss(v, y, {}); }, {p});
  };
  check(mean_absolute_percentage_error<double>);
  check(mean_squared_logarithmic_error<double>);
  check(log_cosh<double>);
  check(poisson<double>);
  check(hinge<double>);
  check(squared_hinge<double>);
  check(categorical_hinge<double>);
  check(cosine_similarity<double>);
  check(kl_divergence<double>);
}

BOOST_AUTO_TEST_CASE(quantiles_with_weights_and_a_mask) {
  constexpr std::array quantiles{0.05, 0.3, 0.5, 0.95};
  const auto y = random_tensor<double>({2, 3}, 8, -2.0, 2.0);
  const auto weights = random_tensor<double>({2, 3}, 6, 0.5, 2.0);
  const auto mask = Tensor<bool>::from_values({2, 3}, {true, false, true, true, true, false});
  check_gradient([&](const V& v) { return quantile_loss(v, y, quantiles); }, {logits()});
  check_gradient(
      [&](const V& v) {
        return quantile_loss(v, y, quantiles, {.sample_weights = weights, .mask = mask});
      },
      {logits()});
}

BOOST_AUTO_TEST_CASE(focal_crossentropies) {
  const auto y = targets();
  for (const bool from_logits : {false, true}) {
    for (const double gamma : {0.0, 1.0, 2.5}) {
      const auto x = from_logits ? logits() : probabilities();
      const BinaryFocalOptions binary{.apply_class_balancing = gamma > 0.0,
                                      .alpha = 0.3,
                                      .gamma = gamma,
                                      .from_logits = from_logits,
                                      .label_smoothing = 0.1};
      check_gradient([&](const V& v) { return binary_focal_crossentropy(v, y, binary); }, {x});
      const CategoricalFocalOptions categorical{
          .alpha = 0.3, .gamma = gamma, .from_logits = from_logits, .label_smoothing = 0.1};
      check_gradient([&](const V& v) { return categorical_focal_crossentropy(v, y, categorical); },
                     {x});
    }
  }
}

BOOST_AUTO_TEST_CASE(every_reduction_with_weights_and_a_mask) {
  const auto y = targets();
  const auto weights = random_tensor<double>({2, 3}, 6, 0.5, 2.0);
  const auto mask = Tensor<bool>::from_values({2, 3}, {true, false, true, true, true, false});
  for (const Reduction reduction : {Reduction::sum_over_batch_size,
                                    Reduction::sum,
                                    Reduction::mean_with_sample_weight,
                                    Reduction::none}) {
    const ReductionOptions<double> options{
        .reduction = reduction, .sample_weights = weights, .mask = mask};
    check_gradient([&](const V& v) { return mean_squared_error(v, y, options); }, {logits()});
    check_gradient([&](const V& v) { return categorical_crossentropy(v, y, {}, options); },
                   {probabilities()});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_losses_gradient_test
