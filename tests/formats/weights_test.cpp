#include "rondo/formats/weights.hpp"

#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"

namespace weights_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
struct Model {
  Parameter<T> kernel{"gru/kernel", random_tensor<T>({2, 3}, 1)};
  Parameter<T> bias{"gru/bias", random_tensor<T>({3}, 2)};

  [[nodiscard]] std::vector<Parameter<T>*> weights() { return {&kernel, &bias}; }
};

template <Real T>
std::vector<T> all_values(Model<T>& model) {
  auto result = values<T>(model.kernel.value());
  for (const T value : model.bias.value()) {
    result.push_back(value);
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(weights)

BOOST_AUTO_TEST_CASE_TEMPLATE(come_back_as_they_were, T, RealTypes) {
  const TempFolder folder;
  Model<T> model;
  save_weights(folder / "a.safetensors", model.weights(), {{"epoch", "3"}});
  Model<T> other;
  other.kernel.assign(Tensor<T>::zeros({2, 3}));
  const auto version = other.kernel.version();
  load_weights(folder / "a.safetensors", other.weights());
  BOOST_CHECK(all_values(other) == all_values(model));
  BOOST_CHECK_GT(other.kernel.version(), version);
  BOOST_CHECK_EQUAL(SafetensorsFile::open(folder / "a.safetensors").metadata().at("epoch"), "3");
}

BOOST_AUTO_TEST_CASE(may_stand_in_another_order) {
  const TempFolder folder;
  Model<float> model;
  const std::vector<Parameter<float>*> reversed{&model.bias, &model.kernel};
  save_weights(folder / "a", reversed);
  Model<float> other;
  other.bias.assign(Tensor<float>::zeros({3}));
  load_weights(folder / "a", other.weights());
  BOOST_CHECK(all_values(other) == all_values(model));
}

BOOST_AUTO_TEST_CASE(are_refused_if_two_have_one_name) {
  const TempFolder folder;
  Model<float> model;
  std::vector<Parameter<float>*> twice = model.weights();
  twice.push_back(&model.kernel);
  RONDO_CHECK_THROWS(
      save_weights(folder / "a", twice),
      ArgumentError,
      "[safetensors] " + (folder / "a").string() + ": two tensors are named 'gru/kernel'");
}

BOOST_AUTO_TEST_CASE(of_another_type_are_refused) {
  const TempFolder folder;
  const auto path = folder / "a";
  Model<double> wide;
  save_weights(path, wide.weights());
  Model<float> model;
  RONDO_CHECK_THROWS(load_weights(path, model.weights()),
                     FormatError,
                     "[safetensors] " + path.string() +
                         ": 'gru/kernel' is float64 in the file, float32 in the model");
}

BOOST_AUTO_TEST_CASE(of_short_floats_are_converted) {
  Parameter<float> w("w", Tensor<float>::zeros({2, 3}));
  load_weights("tests/golden/safetensors/bf16.safetensors", std::vector<Parameter<float>*>{&w});
  BOOST_CHECK(values<float>(w.value()) == std::vector<float>({0, 1, 2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(report_the_first_name_that_is_missing) {
  const TempFolder folder;
  const auto path = folder / "a";
  Model<float> model;
  const std::vector<Parameter<float>*> kernel_only{&model.kernel};
  save_weights(path, kernel_only);
  RONDO_CHECK_THROWS(
      load_weights(path, model.weights()),
      FormatError,
      "[safetensors] " + path.string() +
          ": has no tensor 'gru/bias' for the model's weight, it holds 'gru/kernel'");
}

BOOST_AUTO_TEST_CASE(report_the_first_name_that_is_too_many) {
  const TempFolder folder;
  const auto path = folder / "a";
  Model<float> model;
  save_weights(path, model.weights());
  const std::vector<Parameter<float>*> kernel_only{&model.kernel};
  RONDO_CHECK_THROWS(
      load_weights(path, kernel_only),
      FormatError,
      "[safetensors] " + path.string() +
          ": holds 'gru/bias', which is no weight of the model: it has 'gru/kernel'");
}

BOOST_AUTO_TEST_CASE(report_a_shape_that_differs_and_stay_as_they_are) {
  const TempFolder folder;
  const auto path = folder / "a";
  Parameter<float> kernel("gru/kernel", Tensor<float>::zeros({2, 3}));
  Parameter<float> bias("gru/bias", Tensor<float>::zeros({4}));
  const std::vector<Parameter<float>*> saved{&kernel, &bias};
  save_weights(path, saved);
  Model<float> model;
  const auto before = all_values(model);
  RONDO_CHECK_THROWS(load_weights(path, model.weights()),
                     FormatError,
                     "[safetensors] " + path.string() +
                         ": 'gru/bias' has shape (4) in the file, (3) in the model");
  BOOST_CHECK(all_values(model) == before);
}

BOOST_AUTO_TEST_CASE(list_no_more_names_than_fit_on_a_line) {
  const TempFolder folder;
  const auto path = folder / "a";
  std::vector<std::unique_ptr<Parameter<float>>> owned;
  std::vector<Parameter<float>*> many;
  for (int i = 0; i < 7; ++i) {
    owned.push_back(
        std::make_unique<Parameter<float>>(std::to_string(i), Tensor<float>::zeros({1})));
    many.push_back(owned.back().get());
  }
  save_weights(path, many);
  Model<float> model;
  RONDO_CHECK_THROWS(load_weights(path, model.weights()),
                     FormatError,
                     "[safetensors] " + path.string() +
                         ": has no tensor 'gru/kernel' for the model's weight, it holds '0', '1', "
                         "'2', '3', '4', … (7 in all)");
  save_weights(path, std::vector<Parameter<float>*>());
  RONDO_CHECK_THROWS(load_weights(path, model.weights()),
                     FormatError,
                     "[safetensors] " + path.string() +
                         ": has no tensor 'gru/kernel' for the model's weight, it holds nothing");
}

// A config may ask for what no memory can hold.
BOOST_AUTO_TEST_CASE(build_a_model_without_initializers) {
  const TempFolder folder;
  Sequential<float> model{Dense<float>{{.units = 2}}};
  model.build({3}, 5);
  save_weights(folder / "a", model.weights());
  SafetensorsFile file = SafetensorsFile::open(folder / "a");
  const auto layers = [](std::size_t units) {
    Sequential<float> made{Dense<float>{
        {.units = units, .kernel_initializer = [](auto, Rng&) { BOOST_ERROR("initialised"); }}}};
    made.declare_inputs({.sample_shape = {3}});
    return made;
  };
  auto same = layers(2);
  same.build_from_declared(stored_weights<float>(file));
  check_no_other_weights<float>(file, same.weights());
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_CHECK(values(same.weights()[i]->value()) == values(model.weights()[i]->value()));
  }
  auto huge = layers(std::size_t{1} << 59);
  RONDO_CHECK_THROWS(
      huge.build_from_declared(stored_weights<float>(file)),
      FormatError,
      "[safetensors] " + (folder / "a").string() +
          ": 'dense/kernel' has shape (3, 2) in the file, (3, 576460752303423488) in "
          "the model");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace weights_test
