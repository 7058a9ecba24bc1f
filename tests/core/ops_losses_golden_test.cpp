#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/golden.hpp"

namespace ops_losses_golden_test {

using namespace rondo;
using nlohmann::json;

namespace {

Reduction reduction_of(const std::string& name) {
  return name == "sum_over_batch_size"       ? Reduction::sum_over_batch_size
         : name == "sum"                     ? Reduction::sum
         : name == "mean_with_sample_weight" ? Reduction::mean_with_sample_weight
                                             : Reduction::none;
}

CrossentropyOptions crossentropy_options(const json& o) {
  return {.from_logits = o.value("from_logits", false),
          .label_smoothing = o.value("label_smoothing", 0.0)};
}

SparseCrossentropyOptions sparse_options(const json& o) {
  SparseCrossentropyOptions options{.from_logits = o.value("from_logits", false)};
  if (o.contains("ignore_class")) {
    options.ignore_class = o["ignore_class"].get<int>();
  }
  return options;
}

template <class Options>
Options focal_options(const json& o) {
  Options options;
  options.alpha = o["alpha"];
  options.gamma = o["gamma"];
  options.from_logits = o["from_logits"];
  options.label_smoothing = o["label_smoothing"];
  return options;
}

/// The losses that the file has with options of their own; the others come by their class name.
template <Real T>
Variable<T> loss_of(const json& c,
                    const Variable<T>& p,
                    TensorView<const T> y,
                    const ReductionOptions<T>& r) {
  const std::string name = c["loss"];
  const json& o = c["options"];
  if (o.empty()) {
    return make_loss<T>(name)(p, y, r);
  }
  if (name == "Huber") {
    return huber(p, y, o["delta"].get<double>(), r);
  }
  if (name == "BinaryCrossentropy") {
    return binary_crossentropy(p, y, crossentropy_options(o), r);
  }
  if (name == "CategoricalCrossentropy") {
    return categorical_crossentropy(p, y, crossentropy_options(o), r);
  }
  if (name == "SparseCategoricalCrossentropy") {
    return sparse_categorical_crossentropy(p, y, sparse_options(o), r);
  }
  if (name == "BinaryFocalCrossentropy") {
    auto options = focal_options<BinaryFocalOptions>(o);
    options.apply_class_balancing = o["apply_class_balancing"];
    return binary_focal_crossentropy(p, y, options, r);
  }
  BOOST_REQUIRE_EQUAL(name, "CategoricalFocalCrossentropy");
  return categorical_focal_crossentropy(p, y, focal_options<CategoricalFocalOptions>(o), r);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_losses_golden)

// Keras divides by the number of valid samples plus 1e-7, and has log 2 in single precision in
// LogCosh: both show in the eighth digit.
BOOST_AUTO_TEST_CASE_TEMPLATE(losses_are_those_of_keras, T, test::RealTypes) {
  const json cases = test::read_golden("tests/golden/losses/losses.json");
  BOOST_TEST(cases.size() > 200U);
  for (const json& c : cases) {
    BOOST_TEST_CONTEXT(c["loss"] << " " << c["options"] << " " << c["reduction"] << " "
                                 << c["predictions"]["shape"] << c.contains("mask")) {
      const auto weights = test::golden_tensor<T>(c, "sample_weights");
      const auto mask = test::golden_tensor<bool>(c, "mask");
      Tape<T> tape;
      const auto p = tape.variable(test::golden_tensor<T>(c["predictions"]));
      const auto loss = loss_of<T>(c,
                                   p,
                                   test::golden_tensor<T>(c["targets"]),
                                   {.reduction = reduction_of(c["reduction"]),
                                    .sample_weights = test::view_or_none(weights),
                                    .mask = test::view_or_none(mask)});
      const json& expected = c["expected"];
      BOOST_TEST(loss.shape() == Shape(expected["shape"].get<std::vector<std::size_t>>()));
      const bool single = c.contains("mask") || c["loss"] == "LogCosh";
      const double allowed = single ? 1e-7 : 1e-12;
      test::check_close(loss,
                        expected["values"].get<std::vector<double>>(),
                        std::is_same_v<T, float> ? 1e-5 : allowed);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_losses_golden_test
