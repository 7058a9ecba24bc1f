#include "rondo/layers/time_distributed.hpp"

#include <nlohmann/json.hpp>

#include "rondo/core/ops.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/masking.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace time_distributed_test {

using namespace rondo;
using namespace rondo::test;

namespace {

/// y = x; keeps the shapes of the masks it was called with, and their values.
class MaskProbe : public Layer<double> {
 public:
  MaskProbe(bool independent, std::vector<std::vector<bool>>* seen)
      : independent_(independent), seen_(seen) {}

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] bool independent_samples() const override { return independent_; }

  [[nodiscard]] std::unique_ptr<Layer> clone() const override {
    return std::make_unique<MaskProbe>(independent_, seen_);
  }

 protected:
  Variable<double> call(const Variable<double>& inputs,
                        const CallOptions<double>& options) override {
    seen_->push_back(options.mask ? values<bool>(options.mask) : std::vector<bool>());
    return inputs;
  }

 private:
  bool independent_;
  std::vector<std::vector<bool>>* seen_;
};

using Masks = std::vector<std::vector<bool>>;

/// What the layer says about each step by itself.
std::vector<double> step_by_step(Layer<double>& layer, const Variable<double>& x) {
  std::vector<Variable<double>> outputs;
  for (std::size_t step = 0; step < x.shape()[1]; ++step) {
    outputs.push_back(layer(select(x, 1, step)));
  }
  const auto joined = values<double>(stack(std::span<const Variable<double>>(outputs), 1).value());
  return {joined.begin(), joined.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(time_distributed_gradient)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test(
      []<class T>() {
        return TimeDistributed<T>(
            Dense<T>({.units = 2, .activation = "tanh", .kernel_regularizer = "l2"}),
            {.name = "each"});
      },
      {3, 4, 5},
      {.output_shape = {3, 4, 2},
       .weights = {{"each/dense/kernel", {5, 2}}, {"each/dense/bias", {2}}},
       .options = {"layer"},
       .weight_penalties = 1});
}

BOOST_AUTO_TEST_CASE(does_so_with_sequences_of_sequences) {
  run_layer_test(
      []<class T>() {
        return TimeDistributed<T>(GRU<T>({.units = 2, .dropout = 0.5, .return_sequences = true}));
      },
      {2, 3, 4, 2},
      {.output_shape = {2, 3, 4, 2},
       .weights = {{"time_distributed/gru/gru_cell/kernel", {2, 6}},
                   {"time_distributed/gru/gru_cell/recurrent_kernel", {2, 6}},
                   {"time_distributed/gru/gru_cell/bias", {2, 6}}},
       .options = {"layer"},
       .training_matters = true});
}

BOOST_AUTO_TEST_CASE(does_so_step_by_step_where_the_batch_matters) {
  run_layer_test(
      []<class T>() {
        return TimeDistributed<T>(Dense<T>({.units = 2, .activity_regularizer = "l2"}));
      },
      {3, 4, 5},
      {.output_shape = {3, 4, 2},
       .weights = {{"time_distributed/dense/kernel", {5, 2}}, {"time_distributed/dense/bias", {2}}},
       .options = {"layer"},
       .activity_penalties = 4});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(time_distributed)

BOOST_AUTO_TEST_CASE(applies_the_layer_to_every_step) {
  TimeDistributed<double> layer(GRU<double>({.units = 2}));
  Tape<double> tape;
  const auto x = tape.constant(random_tensor<double>({2, 3, 4, 2}, 1));
  const auto y = layer(x);
  BOOST_CHECK_EQUAL(y.shape(), (Shape{2, 3, 2}));
  check_close(y, step_by_step(layer.layer(), x));
}

BOOST_AUTO_TEST_CASE(a_state_is_carried_from_step_to_step) {
  TimeDistributed<double> layer(GRU<double>({.units = 2, .stateful = true}));
  Tape<double> tape;
  const auto x = tape.constant(random_tensor<double>({2, 3, 4, 2}, 1));
  const auto y = values<double>(layer(x).value());
  layer.reset_states();
  check_close(std::span<const double>(y), step_by_step(layer.layer(), x), 1e-12);
  layer.reset_states();
  BOOST_CHECK(values<double>(layer(x).value()) == y);
}

BOOST_AUTO_TEST_CASE(a_dropout_mask_of_the_batch_differs_between_steps) {
  // One mask for the whole batch; folded, it would be one for all steps as well.
  TimeDistributed<double> layer(
      rondo::Dropout<double>({.rate = 0.5, .noise_shape = {1, std::nullopt}}));
  Tape<double> tape;
  const auto y = values<double>(
      layer(tape.constant(Tensor<double>::full({2, 2, 64}, 1.0)), {.training = true}).value());
  const auto row = [&](std::size_t n, std::size_t step) {
    const auto first = y.begin() + static_cast<std::ptrdiff_t>((n * 2 + step) * 64);
    return std::vector<double>(first, first + 64);
  };
  BOOST_CHECK(row(0, 0) == row(1, 0));
  BOOST_CHECK(row(0, 0) != row(0, 1));
}

BOOST_AUTO_TEST_CASE(an_activity_penalty_is_that_of_the_single_steps) {
  TimeDistributed<double> layer(Dense<double>(
      {.units = 1, .kernel_initializer = "ones", .activity_regularizer = regularizers::l2(1.0)}));
  Tape<double> tape;
  layer(tape.constant(Tensor<double>::from_values({2, 2, 1}, {1, 2, 3, 4})));
  check_close(total_loss(tape.constant(0.0)), {(1 + 9) / 2.0 + (4 + 16) / 2.0});
}

BOOST_AUTO_TEST_CASE(the_mask_of_a_step_is_handed_over) {
  const auto mask = Tensor<bool>::from_values({2, 3}, {true, true, false, true, false, false});
  for (const bool independent : {true, false}) {
    Masks seen;
    TimeDistributed<double> layer(MaskProbe(independent, &seen));
    Tape<double> tape;
    const auto x = tape.constant(Tensor<double>::zeros({2, 3, 1}));
    layer(x, {.mask = mask});
    const Masks folded{{true, true, false, true, false, false}};
    const Masks steps{{true, true}, {true, false}, {false, false}};
    BOOST_CHECK(seen == (independent ? folded : steps));
    BOOST_CHECK(values<bool>(layer.compute_mask(x, mask)) == folded[0]);
    BOOST_CHECK(!layer.compute_mask(x, {}));
  }
}

BOOST_AUTO_TEST_CASE(masks_of_inner_sequences_reach_the_inner_layer) {
  TimeDistributed<double> layer(GRU<double>({.units = 2}));
  const auto mask = Tensor<bool>::from_values({1, 3, 2}, {true, true, true, false, false, false});
  Tape<double> tape;
  const auto x = tape.constant(random_tensor<double>({1, 3, 2, 2}, 1));
  const auto y = layer(x, {.mask = mask});
  const auto cut = layer.layer()(slice(select(x, 1, 1), 1, 0, 1));
  check_close(select(y, 1, 1), values<double>(cut.value()));
  check_close(select(y, 1, 2), {0, 0});
  // The GRU's mask ends there; a step holds if any of its own steps did.
  BOOST_CHECK((values<bool>(layer.compute_mask(x, mask)) == std::vector<bool>{true, true, false}));
}

BOOST_AUTO_TEST_CASE(a_mask_that_the_layer_makes_is_unfolded) {
  TimeDistributed<double> layer{Masking<double>()};
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::from_values({1, 2, 2, 1}, {1, 0, 0, 2}));
  layer(x);
  const auto mask = layer.compute_mask(x, {});
  BOOST_CHECK_EQUAL(mask.shape(), (Shape{1, 2, 2}));
  BOOST_CHECK((values<bool>(mask) == std::vector<bool>{true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(shapes_and_masks_that_do_not_fit_are_refused) {
  RONDO_CHECK_THROWS(TimeDistributed<float>(std::unique_ptr<Layer<float>>()),
                     ArgumentError,
                     "[TimeDistributed] there is no layer");
  TimeDistributed<float> layer(Dense<float>({.units = 1}));
  RONDO_CHECK_THROWS(layer.build({3}),
                     ShapeError,
                     "[time_distributed] expected inputs [N, steps, ..] of rank 3 or more, found "
                     "[N, 3]");
  layer.build({2, 3});
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({4, 2, 3}));
  RONDO_CHECK_THROWS(layer(tape.constant(Tensor<float>::zeros({4, 3}))),
                     ShapeError,
                     "[time_distributed] expected inputs of rank 3, found rank 2: inputs (4, 3)");
  RONDO_CHECK_THROWS(
      layer(x, {.mask = Tensor<bool>::zeros({4})}),
      ShapeError,
      "[time_distributed] the mask must be [N, steps, ..]: inputs (4, 2, 3), mask (4)");
  RONDO_CHECK_THROWS(
      layer(x, {.mask = Tensor<bool>::zeros({4, 3})}),
      ShapeError,
      "[time_distributed] the mask must be [N, steps, ..]: inputs (4, 2, 3), mask (4, 3)");
  RONDO_CHECK_THROWS(
      layer(x, {.initial_state = std::span(&x, 1)}),
      ArgumentError,
      "[time_distributed] initial_state cannot be handed to a layer of single steps");
  RONDO_CHECK_THROWS(layer(tape.constant(Tensor<float>::zeros({4, 0, 3}))),
                     ArgumentError,
                     "[time_distributed] expected at least one sample and one step: inputs (4, 0, "
                     "3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace time_distributed_test
