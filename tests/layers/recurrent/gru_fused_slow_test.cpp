// The fused op beside the cell step by step, over random options and sizes: outputs, states and all
// gradients. CMakeLists.txt says how many cases, and runs it on every instruction set.
#include <rapidcheck.h>

#include "rondo/core/threads.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace gru_fused_slow_test {

using namespace rondo;
using test::random_tensor;

namespace {

/// What is drawn for a case beside the layer's options.
struct Sizes {
  std::size_t batch, steps, features;
  bool mask, initial_state, training, input_gradient;
  std::uint64_t seed;
};

const char* one_of(std::initializer_list<const char*> names) {
  return *rc::gen::elementOf(std::vector<const char*>(names));
}

std::size_t size_up_to(std::size_t largest) {
  return *rc::gen::inRange<std::size_t>(1, largest + 1);
}

/// True once in `n` cases.
bool rarely(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

/// @param all  also activations without a bound, which multiply the roundings of float step by step
GRUOptions draw_options(bool all) {
  GRUOptions o;
  o.units = rarely(3) ? *rc::gen::element<std::size_t>(1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65)
                      : size_up_to(40);
  if (rarely(3)) {
    o.activation = all ? one_of({"linear", "relu", "relu6", "elu", "selu", "softsign", "sigmoid"})
                       : one_of({"softsign", "sigmoid", "hard_sigmoid"});
  }
  if (rarely(3)) {
    o.recurrent_activation = all ? one_of({"hard_sigmoid", "hard_sigmoid_keras2", "linear", "tanh"})
                                 : one_of({"hard_sigmoid", "hard_sigmoid_keras2"});
  }
  o.use_bias = !rarely(4);
  o.dropout = rarely(3) ? 0.4 : 0.0;
  o.recurrent_dropout = rarely(3) ? 0.3 : 0.0;
  o.return_sequences = *rc::gen::arbitrary<bool>();
  o.go_backwards = *rc::gen::arbitrary<bool>();
  o.reset_after = *rc::gen::arbitrary<bool>();
  o.legacy_masked_carry = rarely(3);
  o.implementation = *o.legacy_masked_carry || *rc::gen::arbitrary<bool>() ? 2 : 1;
  o.zero_output_for_mask = rarely(3);
  o.time_major = rarely(3);
  o.per_step_input_dropout = rarely(5);
  o.stateful = rarely(4);
  if (rarely(3)) {
    o.masked_output = MaskedOutput::previous_state;
  }
  return o;
}

Sizes draw_sizes() {
  return {.batch = rarely(4) ? size_up_to(40) : size_up_to(15),
          .steps = size_up_to(9),
          .features = size_up_to(19),
          .mask = *rc::gen::arbitrary<bool>(),
          .initial_state = *rc::gen::arbitrary<bool>(),
          .training = *rc::gen::arbitrary<bool>(),
          .input_gradient = *rc::gen::arbitrary<bool>(),
          .seed = *rc::gen::arbitrary<std::uint32_t>()};
}

template <Real T>
struct Answer {
  std::vector<Tensor<T>> values;
  std::vector<Tensor<T>> gradients;
};

/// Weights that keep sums of products near 1, so that states do not explode with activations that
/// have no bound: a comparison of roundings means nothing there.
template <Real T>
void randomize_gently(const Layer<T>& layer, std::uint64_t seed) {
  for (Parameter<T>* weight : layer.weights()) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(weight->shape()[0]));
    weight->assign(random_tensor<T>(weight->shape(), seed++, -bound, bound));
  }
}

/// Two calls in a row, for stateful layers; the answers are those of the second.
template <Real T>
Answer<T> run(GRUOptions options, const Sizes& s, UseFused use_fused) {
  options.use_fused = use_fused;
  GRU<T> layer(options);
  layer.build({s.steps, s.features}, s.seed);
  randomize_gently(layer, s.seed);
  const auto flip = [&](const Shape& shape) {
    return options.time_major ? Shape{shape[1], shape[0], shape[2]} : shape;
  };
  Answer<T> answer;
  Rng rng(s.seed);
  for (int call = 0; call < 2; ++call) {
    Tape<T> tape;
    const Shape shape = flip({s.batch, s.steps, s.features});
    const Tensor<T> values = random_tensor<T>(shape, s.seed + 1);
    const auto x = s.input_gradient ? tape.variable(values) : tape.constant(values);
    Tensor<bool> mask({shape[0], shape[1]});
    std::generate_n(mask.data(), mask.size(), [&] { return rng.uniform() < 0.6; });
    const std::array initial{tape.variable(random_tensor<T>({s.batch, options.units}, s.seed + 2))};
    CallOptions<T> call_options{.training = s.training};
    if (s.mask) {
      call_options.mask = mask.view();
    }
    if (s.initial_state) {
      call_options.initial_state = initial;
    }
    for (Parameter<T>* weight : layer.weights()) {
      weight->zero_grad();
    }
    const auto result = layer.run(x, call_options);
    const auto weigh = [&](const Variable<T>& y, std::uint64_t seed) {
      return sum(y * tape.constant(random_tensor<T>(y.shape(), seed)));
    };
    tape.backward(weigh(result.output, s.seed + 3) + weigh(result.states[0], s.seed + 4));
    answer = {};
    answer.values.push_back(Tensor<T>::copy_of(result.output.value()));
    answer.values.push_back(Tensor<T>::copy_of(result.states[0].value()));
    for (const Variable<T>& leaf : {x, initial[0]}) {
      if (leaf.grad()) {
        answer.gradients.push_back(Tensor<T>::copy_of(leaf.grad()));
      }
    }
    for (Parameter<T>* weight : layer.weights()) {
      answer.gradients.push_back(Tensor<T>::copy_of(weight->grad()));
    }
  }
  return answer;
}

template <Real T>
double worst_difference(const std::vector<Tensor<T>>& a, const std::vector<Tensor<T>>& b) {
  RC_ASSERT(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    RC_ASSERT(a[i].shape() == b[i].shape());
    double scale = 1.0;
    double difference = 0.0;
    for (std::size_t k = 0; k < a[i].size(); ++k) {
      RC_PRE(std::isfinite(b[i].data()[k]));  // linear gates can let states explode
      scale = std::max(scale, static_cast<double>(std::abs(b[i].data()[k])));
      difference =
          std::max(difference, static_cast<double>(std::abs(a[i].data()[k] - b[i].data()[k])));
    }
    worst = std::max(worst, difference / scale);
  }
  return worst;
}

/// The tolerances of fused against composite; what the activations let grow gets its own scale from
/// the reference.
template <Real T>
void check_case() {
  constexpr double allowed = std::is_same_v<T, float> ? 2e-6 : 1e-12;
  constexpr double allowed_gradients = std::is_same_v<T, float> ? 1e-5 : 1e-12;
  const GRUOptions options = draw_options(std::is_same_v<T, double>);
  const Sizes sizes = draw_sizes();
  RC_CLASSIFY(sizes.mask, "masked");
  RC_CLASSIFY(sizes.training && options.recurrent_dropout > 0, "recurrent dropout");
  const auto fused = run<T>(options, sizes, UseFused::on);
  const auto composite = run<T>(options, sizes, UseFused::off);
  RC_ASSERT(worst_difference(fused.values, composite.values) <= allowed);
  RC_ASSERT(worst_difference(fused.gradients, composite.gradients) <= allowed_gradients);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gru_fused_slow)

BOOST_AUTO_TEST_CASE(agrees_with_the_composite_in_double) {
  BOOST_TEST(rc::check(check_case<double>));
}

BOOST_AUTO_TEST_CASE(agrees_with_the_composite_in_float) {
  BOOST_TEST(rc::check(check_case<float>));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gru_fused_slow_test
