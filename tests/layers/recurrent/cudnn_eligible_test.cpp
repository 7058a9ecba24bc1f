// The conditions under which Keras could hand a layer to cuDNN; each of them alone prevents it.
#include "rondo/tests/layers/recurrent/support.hpp"

namespace cudnn_eligible_test {

using namespace rondo;
using test::mask;

namespace {

bool eligible(GRUOptions options, TensorView<const bool> valid = {}) {
  options.units = 3;
  return GRU<float>(std::move(options)).cudnn_eligible(valid);
}

bool eligible_mask(std::initializer_list<bool> valid) {
  return eligible({}, mask({2, 3}, valid));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_cudnn_eligible)

BOOST_AUTO_TEST_CASE(default_options_are) {
  BOOST_TEST(eligible({}));
}

BOOST_AUTO_TEST_CASE(the_activation_must_be_tanh) {
  BOOST_TEST(!eligible({.activation = "relu"}));
  BOOST_TEST(!eligible({.activation = [](const auto& x) { return tanh(x); }}));
}

BOOST_AUTO_TEST_CASE(the_recurrent_activation_must_be_sigmoid) {
  BOOST_TEST(!eligible({.recurrent_activation = "hard_sigmoid"}));
}

BOOST_AUTO_TEST_CASE(recurrent_dropout_must_be_zero) {
  BOOST_TEST(!eligible({.recurrent_dropout = 0.1}));
}

BOOST_AUTO_TEST_CASE(unroll_must_be_false) {
  BOOST_TEST(!eligible({.unroll = true}));
}

BOOST_AUTO_TEST_CASE(use_bias_must_be_true) {
  BOOST_TEST(!eligible({.use_bias = false}));
}

BOOST_AUTO_TEST_CASE(reset_after_must_be_true) {
  BOOST_TEST(!eligible({.reset_after = false}));
  BOOST_TEST(!eligible({.compat = Compat::tfjs}));
}

BOOST_AUTO_TEST_CASE(the_mask_must_be_right_padded) {
  BOOST_TEST(eligible_mask({true, true, true, true, true, true}));
  BOOST_TEST(eligible_mask({true, true, false, true, false, false}));
  BOOST_TEST(!eligible_mask({true, false, true, true, true, true}));
  BOOST_TEST(!eligible_mask({true, true, true, false, true, true}));
}

BOOST_AUTO_TEST_CASE(every_sample_must_have_a_valid_step) {
  BOOST_TEST(!eligible_mask({true, true, true, false, false, false}));
}

BOOST_AUTO_TEST_CASE(a_time_major_mask_is_read_as_such) {
  const auto valid = mask({3, 2}, {true, true, true, false, false, false});
  BOOST_TEST(eligible({.time_major = true}, valid));
  const auto gap = mask({3, 2}, {true, true, false, true, true, false});
  BOOST_TEST(!eligible({.time_major = true}, gap));
}

BOOST_AUTO_TEST_CASE(other_options_do_not_matter) {
  BOOST_TEST(eligible({.dropout = 0.5,
                       .return_sequences = true,
                       .go_backwards = true,
                       .stateful = true,
                       .implementation = 1,
                       .zero_output_for_mask = true}));
}

BOOST_AUTO_TEST_CASE(it_decides_nothing) {
  const GRU<double> layer({.units = 3, .use_bias = false, .reset_after = false});
  BOOST_TEST(!layer.cudnn_eligible());
  BOOST_TEST(layer.fused_path() == "fused");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cudnn_eligible_test
