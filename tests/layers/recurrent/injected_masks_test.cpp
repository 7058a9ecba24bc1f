// Masks that are given instead of drawn.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace injected_masks_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::random_tensor;
using test::RealTypes;
using test::tensor;

namespace {

template <Real T>
using Masks = std::vector<TensorView<const T>>;

template <Real T>
GRUCell<T> make_cell(GRUCellOptions options) {
  options.units = 3;
  GRUCell<T> cell(std::move(options));
  cell.build({4});
  return cell;
}

template <Real T>
Variable<T> step(GRUCell<T>& cell, Tape<T>& tape, bool training = true) {
  const std::array h{tape.constant(random_tensor<T>({2, 3}, 5))};
  return cell(tape.constant(random_tensor<T>({2, 4}, 6)),
              {.training = training, .initial_state = h});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_injected_masks)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_injected_mask_is_used_whatever_the_rate, T, RealTypes) {
  const auto zeros = Tensor<T>::zeros({2, 4});
  for (const double rate : {0.0, 0.5, 1.0}) {
    auto cell = make_cell<T>({.dropout = rate});
    auto plain = make_cell<T>({});
    cell.inject_dropout_masks(Masks<T>{zeros}, {});
    Tape<T> tape;
    const std::array h{tape.constant(random_tensor<T>({2, 3}, 5))};
    const auto expected = plain(tape.constant(zeros), {.initial_state = h});
    check_equal(step(cell, tape).value(), expected.value());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(injected_masks_do_not_act_in_inference, T, RealTypes) {
  auto cell = make_cell<T>({.implementation = 1});
  auto plain = make_cell<T>({.implementation = 1});
  const auto x = Tensor<T>::zeros({2, 4}), h = Tensor<T>::zeros({2, 3});
  cell.inject_dropout_masks(Masks<T>{x, x, x}, Masks<T>{h, h, h});
  Tape<T> tape;
  check_equal(step(cell, tape, false).value(), step(plain, tape, false).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(injected_masks_stay_after_a_reset, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5});
  cell.inject_dropout_masks(Masks<T>{Tensor<T>::full({2, 4}, T{3})}, {});
  cell.reset_masks();
  const auto masks = cell.get_dropout_mask_for_cell(Tensor<T>::zeros({2, 4}), true);
  check_equal(doubles(masks[0]), std::vector<double>(8, 3.0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_list_ends_the_injection, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5, .seed = 7});
  auto other = make_cell<T>({.dropout = 0.5, .seed = 7});
  cell.inject_dropout_masks(Masks<T>{Tensor<T>::zeros({2, 4})}, {});
  cell.inject_dropout_masks({}, {});
  Tape<T> tape;
  check_equal(step(cell, tape).value(), step(other, tape).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_injection_replaces_masks_of_the_same_pass, T, RealTypes) {
  auto cell = make_cell<T>({.dropout = 0.5});
  auto plain = make_cell<T>({});
  Tape<T> tape;
  step(cell, tape);
  cell.inject_dropout_masks(Masks<T>{Tensor<T>::full({2, 4}, T{1})}, {});
  check_equal(step(cell, tape).value(), step(plain, tape).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masks_of_another_cell_can_be_injected, T, RealTypes) {
  auto source = make_cell<T>({.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 1});
  auto target = make_cell<T>({.recurrent_dropout = 0.5, .seed = 2});
  Tape<T> tape;
  const auto expected = step(source, tape);
  target.inject_dropout_masks(
      source.get_dropout_mask_for_cell(Tensor<T>::zeros({2, 4}), true),
      source.get_recurrent_dropout_mask_for_cell(Tensor<T>::zeros({2, 3}), true));
  check_equal(step(target, tape).value(), expected.value());
}

BOOST_AUTO_TEST_CASE(masks_that_differ_in_shape_are_refused_and_leave_the_old_ones) {
  auto cell = make_cell<float>({.dropout = 0.5, .implementation = 1});
  const auto good = Tensor<float>::full({2, 4}, 3.0F), bad = Tensor<float>::zeros({2, 5});
  cell.inject_dropout_masks(Masks<float>{good, good, good}, {});
  const auto other = Tensor<float>::full({2, 4}, 5.0F);
  RONDO_CHECK_THROWS(cell.inject_dropout_masks(Masks<float>{other, other, bad}, {}),
                     ShapeError,
                     "[GRUCell] dropout masks differ: first (2, 4), other (2, 5)");
  cell.reset_masks();
  for (const auto& mask : cell.get_dropout_mask_for_cell(good, true, 3)) {
    check_equal(doubles(mask), std::vector<double>(8, 3.0));
  }
}

BOOST_AUTO_TEST_CASE(five_masks_are_refused) {
  auto cell = make_cell<float>({.dropout = 0.5});
  const auto mask = Tensor<float>::zeros({2, 4});
  RONDO_CHECK_THROWS(cell.inject_dropout_masks(Masks<float>{mask, mask, mask, mask, mask}, {}),
                     ArgumentError,
                     "[GRUCell] 1 to 4 dropout masks are possible, got 5");
}

BOOST_AUTO_TEST_CASE(an_injected_mask_that_does_not_fit_is_named) {
  auto cell = make_cell<float>({});
  const auto mask = Tensor<float>::zeros({5, 4});
  cell.inject_dropout_masks(Masks<float>{mask}, {});
  Tape tape;
  RONDO_CHECK_THROWS(step(cell, tape),
                     StateError,
                     "[GRUCell] the injected dropout mask (5, 4) does not fit (2, 4)");
}

BOOST_AUTO_TEST_CASE(too_few_injected_masks_are_refused) {
  auto cell = make_cell<float>({.implementation = 1});
  const auto mask = Tensor<float>::zeros({2, 4});
  cell.inject_dropout_masks(Masks<float>{mask}, {});
  Tape tape;
  RONDO_CHECK_THROWS(
      step(cell, tape), StateError, "[GRUCell] 3 dropout masks are needed, 1 injected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace injected_masks_test
