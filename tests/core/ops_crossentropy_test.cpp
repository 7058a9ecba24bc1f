#include <cmath>
#include <cstdint>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_crossentropy_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

using std::log;

const double log_epsilon = std::log(1e-7);

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_crossentropy)

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_of_probabilities, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({3}, {0.75, 0.25, 0.5}));
  const auto y = Tensor<T>::from_values({3}, {1, 0, 0.25});
  check_close(binary_crossentropy(p, y), {-(2 * log(0.75) + log(0.5)) / 3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_clips_probabilities_and_their_slopes, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({4}, {0, 1, 1, 0}));
  const auto y = Tensor<T>::from_values({4}, {1, 0, 1, 0});
  const auto loss = binary_crossentropy(p, y);
  // In double 1 - 1e-7 is not exact, and its logarithm shows that in the eleventh digit.
  check_close(
      loss, {-(2 * log_epsilon + 2 * std::log1p(-1e-7)) / 4}, std::max(test::tolerance<T>, 1e-10));
  tape.backward(loss);
  check_close(p.grad(), {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_of_logits_equals_that_of_probabilities, T, RealTypes) {
  Tape<T> tape;
  const auto logits = tape.variable(Tensor<T>::from_values({4}, {-2, -0.5, 0, 3}));
  const auto y = Tensor<T>::from_values({4}, {0, 1, 0.5, 0});
  for (const double smoothing : {0.0, 0.2}) {
    const auto expected = binary_crossentropy(sigmoid(logits), y, {.label_smoothing = smoothing});
    const auto found =
        binary_crossentropy(logits, y, {.from_logits = true, .label_smoothing = smoothing});
    check_close(found, {static_cast<double>(expected.item())});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_of_large_logits_stays_finite, T, RealTypes) {
  Tape<T> tape;
  const auto logits = tape.variable(Tensor<T>::from_values({4}, {1000, -1000, 1000, -1000}));
  const auto y = Tensor<T>::from_values({4}, {1, 0, 0, 1});
  const auto loss = binary_crossentropy(logits, y, {.from_logits = true});
  check_close(loss, {500});
  tape.backward(loss);
  check_close(logits.grad(), {0, 0, 0.25, -0.25});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_smoothing_pulls_targets_to_one_half, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1}, {0.75}));
  const auto y = Tensor<T>::from_values({1}, {1});
  check_close(binary_crossentropy(p, y, {.label_smoothing = 0.5}),
              {-(0.75 * log(0.75) + 0.25 * log(0.25))});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(binary_refuses_targets_outside_the_unit_interval, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2}, {0.5, 0.5}));
  const auto refuses = [&](T target, const std::string& name) {
    RONDO_CHECK_THROWS(
        binary_crossentropy(p, Tensor<T>::from_values({2}, {0, target})),
        ArgumentError,
        "[binary_crossentropy] target " + name + " at position 1 lies outside [0, 1]");
  };
  refuses(T(1.5), "1.5");
  refuses(T(-0.5), "-0.5");
  refuses(std::numeric_limits<T>::quiet_NaN(), "nan");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_of_probabilities, T, RealTypes) {
  Tape<T> tape;
  const auto p =
      tape.variable(Tensor<T>::from_values({2, 3}, {0.25, 0.25, 0.5, 0.125, 0.75, 0.125}));
  const auto y = Tensor<T>::from_values({2, 3}, {0, 0, 1, 0.5, 0.5, 0});
  check_close(categorical_crossentropy(p, y),
              {-(log(0.5) + 0.5 * log(0.125) + 0.5 * log(0.75)) / 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_renormalises_and_clips_probabilities, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2, 2}, {1, 3, 2, 0}));
  const auto y = Tensor<T>::from_values({2, 2}, {1, 0, 0, 1});
  const auto loss = categorical_crossentropy(p, y);
  check_close(loss, {-(log(0.25) + log_epsilon) / 2});
  tape.backward(loss);
  check_close(slice(p, 0, 1, 2), {2, 0});
  check_close(p.grad().span().subspan(2), {0, 0}, 0.0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_of_logits_equals_that_of_probabilities, T, RealTypes) {
  Tape<T> tape;
  const auto logits = tape.variable(test::random_tensor<T>({2, 3, 4}, 1, -2.0, 2.0));
  const auto y = test::random_tensor<T>({2, 3, 4}, 2, 0.0, 1.0);
  for (const double smoothing : {0.0, 0.2}) {
    const auto expected =
        categorical_crossentropy(softmax(logits), y, {.label_smoothing = smoothing});
    const auto found =
        categorical_crossentropy(logits, y, {.from_logits = true, .label_smoothing = smoothing});
    check_close(found, {static_cast<double>(expected.item())});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_of_large_logits_stays_finite, T, RealTypes) {
  Tape<T> tape;
  const auto logits = tape.variable(Tensor<T>::from_values({2, 2}, {1000, -1000, 1000, -1000}));
  const auto y = Tensor<T>::from_values({2, 2}, {1, 0, 0, 1});
  const auto loss = categorical_crossentropy(logits, y, {.from_logits = true});
  check_close(loss, {1000});
  tape.backward(loss);
  check_close(logits.grad(), {0, 0, 0.5, -0.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_class_ruled_out_by_its_logit_does_not_matter, T, RealTypes) {
  Tape<T> tape;
  const auto logits =
      tape.variable(Tensor<T>::from_values({1, 3}, {2, -std::numeric_limits<T>::infinity(), 2}));
  const auto y = Tensor<T>::from_values({1, 3}, {1, 0, 0});
  const auto loss = categorical_crossentropy(logits, y, {.from_logits = true});
  check_close(loss, {log(2.0)});
  tape.backward(loss);
  check_close(logits.grad(), {-0.5, 0, 0.5});
  const auto label = Tensor<T>::from_values({1}, {0});
  check_close(sparse_categorical_crossentropy(logits, label, {.from_logits = true}), {log(2.0)});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(categorical_smoothing_spreads_over_all_classes, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1, 3}, {0.25, 0.25, 0.5}));
  const auto y = Tensor<T>::from_values({1, 3}, {0, 0, 1});
  check_close(categorical_crossentropy(p, y, {.label_smoothing = 0.3}),
              {-(0.2 * log(0.25) + 0.8 * log(0.5))});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_is_categorical_with_labels, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(test::random_tensor<T>({2, 2, 3}, 1, 0.1, 1.0));
  const auto one_hot = Tensor<T>::from_values({2, 2, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1});
  const auto labels = Tensor<T>::from_values({2, 2}, {2, 0, 1, 2});
  for (const bool from_logits : {false, true}) {
    const auto expected = categorical_crossentropy(p, one_hot, {.from_logits = from_logits});
    tape.backward(expected);
    const std::vector<T> slopes = test::values(p.grad());
    const auto found = sparse_categorical_crossentropy(p, labels, {.from_logits = from_logits});
    BOOST_TEST(found.item() == expected.item());
    tape.backward(found);
    BOOST_TEST(test::values(p.grad()) == slopes);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_takes_labels_in_several_forms, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2, 2}, {0.25, 0.75, 0.5, 0.5}));
  const double expected = -(log(0.75) + log(0.5)) / 2;
  check_close(sparse_categorical_crossentropy(p, Tensor<T>::from_values({2}, {1, 0})), {expected});
  check_close(sparse_categorical_crossentropy(p, Tensor<T>::from_values({2, 1}, {1, 0})),
              {expected});
  check_close(sparse_categorical_crossentropy(p, std::vector<std::int32_t>{1, 0}), {expected});
  const auto sample = select(p, 0, 0);
  check_close(sparse_categorical_crossentropy(sample, Tensor<T>::full({}, T{1})), {-log(0.75)});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_leaves_the_ignored_class_out_of_the_mean, T, RealTypes) {
  Tape<T> tape;
  const auto p =
      tape.variable(Tensor<T>::from_values({3, 2}, {0.25, 0.75, 0.5, 0.5, 0.125, 0.875}));
  const auto y = Tensor<T>::from_values({3}, {1, -1, 0});
  const auto loss = sparse_categorical_crossentropy(p, y, {.ignore_class = -1});
  check_close(loss, {-(log(0.75) + log(0.125)) / 2});
  tape.backward(loss);
  check_close(p.grad().span().subspan(2, 2), {0, 0}, 0.0);
  const auto all =
      sparse_categorical_crossentropy(p, Tensor<T>::full({3}, T{1}), {.ignore_class = 1});
  BOOST_TEST(all.item() == T{0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_of_large_logits_stays_finite, T, RealTypes) {
  Tape<T> tape;
  const auto logits = tape.variable(Tensor<T>::from_values({2, 2}, {1000, -1000, 1000, -1000}));
  const auto y = Tensor<T>::from_values({2}, {0, 1});
  check_close(sparse_categorical_crossentropy(logits, y, {.from_logits = true}), {1000});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_refuses_what_is_no_class, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::full({2, 3}, T(0.3)));
  const auto text = [](const std::string& label) {
    return "[sparse_categorical_crossentropy] label " + label +
           " at position 1 is not a whole number in [0, 3)";
  };
  const auto refuses = [&](T label, const std::string& name) {
    RONDO_CHECK_THROWS(sparse_categorical_crossentropy(p, Tensor<T>::from_values({2}, {0, label})),
                       ArgumentError,
                       text(name));
  };
  refuses(T(0.5), "0.5");
  refuses(T{-1}, "-1");
  refuses(T{3}, "3");
  refuses(std::numeric_limits<T>::quiet_NaN(), "nan");
  RONDO_CHECK_THROWS(sparse_categorical_crossentropy(p, std::vector<std::int32_t>{0, 3}),
                     ArgumentError,
                     text("3"));
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::full({2, 3}, 0.3F));
  RONDO_CHECK_THROWS(categorical_crossentropy(p, Tensor<float>::zeros({2})),
                     ShapeError,
                     "[categorical_crossentropy] expected equal shapes [.., classes]: "
                     "predictions (2, 3), targets (2)");
  RONDO_CHECK_THROWS(sparse_categorical_crossentropy(p, Tensor<float>::zeros({3})),
                     ShapeError,
                     "[sparse_categorical_crossentropy] expected predictions [.., classes] and "
                     "labels [..]: predictions (2, 3), labels (3)");
  RONDO_CHECK_THROWS(sparse_categorical_crossentropy(p, std::vector<std::int32_t>{0}),
                     ShapeError,
                     "[sparse_categorical_crossentropy] 1 labels do not fit predictions "
                     "[.., classes]: predictions (2, 3)");
}

BOOST_AUTO_TEST_CASE(label_smoothing_outside_the_unit_interval_is_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::full({1, 2}, 0.5F));
  const auto y = Tensor<float>::zeros({1, 2});
  const std::string text = " label_smoothing must lie in [0, 1], got ";
  RONDO_CHECK_THROWS(binary_crossentropy(p, y, {.label_smoothing = -0.5}),
                     ArgumentError,
                     "[binary_crossentropy]" + text + "-0.5");
  RONDO_CHECK_THROWS(categorical_crossentropy(p, y, {.label_smoothing = 1.5}),
                     ArgumentError,
                     "[categorical_crossentropy]" + text + "1.5");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_crossentropy_test
