// The C source is compiled by the system's C compiler, strictly, and must give GRUStream's numbers.
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "rondo/interop/interop.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;
using namespace std::string_literals;

namespace {

constexpr std::size_t features = 3, steps = 40;

void randomize(Layer<float>& model) {
  Rng rng(3);
  std::vector<Tensor<float>> weights = model.get_weights();
  for (Tensor<float>& weight : weights) {
    for (std::size_t i = 0; i < weight.size(); ++i) {
      weight.data()[i] = static_cast<float>(rng.normal());
    }
  }
  model.set_weights(weights);
}

/// Some large, so that every branch of the functions is taken.
float input(std::size_t i) {
  return static_cast<float>(std::sin(0.7 * static_cast<double>(i)) * (i % 7 == 0 ? 40.0 : 1.5));
}

/// What the C program prints for the inputs.
std::vector<double> run_c(const Layer<float>& model, const test::TempFolder& folder) {
  write_model(model, folder / "my-model.c");
  std::ofstream(folder / "main.c")
      << "#include <stdio.h>\n#include \"my-model.c\"\n"
         "int main(void) {\n"
         "  my_model_state s; float x[my_model_features], y[my_model_outputs]; int t, i;\n"
         "  my_model_reset(&s);\n"
         "  for (t = 0; t < "
      << steps
      << "; ++t) {\n"
         "    for (i = 0; i < my_model_features; ++i) if (scanf(\"%f\", &x[i]) != 1) return 1;\n"
         "    my_model_step(&s, x, y);\n"
         "    for (i = 0; i < my_model_outputs; ++i) printf(\"%.9g\\n\", (double)y[i]);\n"
         "  }\n"
         "  return 0;\n"
         "}\n";
  std::ofstream inputs(folder / "in.txt");
  for (std::size_t i = 0; i < steps * features; ++i) {
    inputs << fmt::format("{:.9g}\n", input(i));
  }
  inputs.close();
  const std::string at = folder.path().string();
  BOOST_REQUIRE_EQUAL(
      std::system(("cc -std=c99 -Wall -Wextra -Wpedantic -Werror -O2 -ffp-contract=off "
                   "-o " +
                   at + "/run " + at + "/main.c && " + at + "/run < " + at + "/in.txt > " + at +
                   "/out.txt")
                      .c_str()),
      0);
  std::ifstream found(folder / "out.txt");
  return {std::istream_iterator<double>(found), std::istream_iterator<double>()};
}

void compare(Sequential<float>&& model) {
  model.build({steps, features}, 1);
  randomize(model);
  const test::TempFolder folder;
  const std::vector<double> found = run_c(model, folder);
  GRUStream<float> stream(model);
  std::vector<float> wanted;
  for (std::size_t t = 0; t < steps; ++t) {
    std::array<float, features> x{};
    for (std::size_t i = 0; i < features; ++i) {
      x[i] = input(t * features + i);
    }
    const auto y = stream.step(x);
    wanted.insert(wanted.end(), y.begin(), y.end());
  }
  test::check_close(std::span<const float>(wanted), found, 5e-6);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interop_c_source)

BOOST_AUTO_TEST_CASE(gives_the_numbers_of_the_stream) {
  compare(Sequential<float>{GRU<float>{{.units = 7, .return_sequences = true}},
                            Dropout<float>{{.rate = 0.5}},
                            GRU<float>{{.units = 4}},
                            Dense<float>{{.units = 5, .activation = "relu"}},
                            Dense<float>{{.units = 2}}});
  compare(Sequential<float>{GRU<float>{{.units = 6, .reset_after = false}}});
  compare(
      Sequential<float>{GRU<float>{{.units = 5, .use_bias = false, .reset_after = false}},
                        Dense<float>{{.units = 2, .activation = "sigmoid", .use_bias = false}}});
}

BOOST_AUTO_TEST_CASE(has_every_function_of_the_stream) {
  for (const char* gate : {"hard_sigmoid", "hard_sigmoid_keras2", "sigmoid"}) {
    for (const char* head : {"elu", "selu", "relu6", "softsign", "tanh"}) {
      compare(Sequential<float>{GRU<float>{{.units = 3, .recurrent_activation = gate}},
                                Dense<float>{{.units = 4, .activation = head}}});
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_streamed) {
  const test::TempFolder folder;
  Sequential<float> model{LSTM<float>{{.units = 2}}};
  model.build({4, 3}, 1);
  RONDO_CHECK_THROWS(
      write_model(model, folder / "model.c"),
      ArgumentError,
      "[c] layer 'lstm': a LSTM cannot be streamed: only GRU, Dense and Dropout can");
}

BOOST_AUTO_TEST_SUITE_END()
