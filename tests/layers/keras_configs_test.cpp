// What Keras 3.15 and tf-keras 2.21 write (tests/golden/keras_configs/make.py) is read, and nothing
// of it is lost.
#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/golden.hpp"
#include "rondo/tests/support/keras_config.hpp"

namespace keras_configs_test {

using namespace rondo;
using namespace rondo::test;

namespace {

nlohmann::json golden(const std::string& kind) {
  return read_golden("tests/golden/keras_configs/" + kind + ".json");
}

template <class Make>
void check_functions(const std::string& kind, Make make) {
  const nlohmann::json all = golden(kind);
  for (const auto& [name, written] : all.items()) {
    BOOST_TEST_CONTEXT(kind << " " << name) {
      check_contains(Config::parse(make(Config(written)).config()), without_labels(written));
    }
  }
}

void check_layers(const std::string& kind) {
  const nlohmann::json all = golden(kind);
  for (const auto& [name, written] : all.items()) {
    BOOST_TEST_CONTEXT(kind << " " << name) {
      check_contains(make_layer<float>(Config(written))->config(), without_labels(written));
    }
  }
}

void check_refused(const char* name, const std::string& text) {
  const Config written(golden("refused").at(name));
  BOOST_TEST_CONTEXT(name) {
    RONDO_CHECK_THROWS(static_cast<void>(make_initializer(written)), FormatError, text);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_configs)

BOOST_AUTO_TEST_CASE(every_function_is_read) {
  check_functions("initializers", make_initializer);
  check_functions("regularizers", make_regularizer);
  check_functions("constraints", make_constraint);
  check_functions("activations", make_activation);
}

BOOST_AUTO_TEST_CASE(every_layer_is_read) {
  check_layers("layers");
}

BOOST_AUTO_TEST_CASE(models_are_read) {
  check_layers("models");
}

BOOST_AUTO_TEST_CASE(what_an_initializer_cannot_honour_is_named) {
  check_refused("GlorotUniform axes",
                "[initializer] GlorotUniform: input_axes must be null: the fans are those of the "
                "last two axes");
  check_refused("VarianceScaling axes",
                "[initializer] VarianceScaling: input_axes must be null: the fans are those of the "
                "last two axes");
  check_refused("HeNormal seed",
                "[initializer] HeNormal: seed must be null: a model's seed determines its weights");
}

BOOST_AUTO_TEST_CASE(a_shared_layer_is_refused) {
  Config written(golden("layers").at("Dense"));
  written["shared_object_id"] = 1;
  RONDO_CHECK_THROWS(static_cast<void>(make_layer<float>(written)),
                     FormatError,
                     "[make_layer] Dense: is the same layer as another one (shared_object_id): "
                     "shared weights are not supported");
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_inputs_only) {
  Config written(golden("layers").at("Dense"));
  written["config"]["dtype"] = "int32";
  RONDO_CHECK_THROWS(static_cast<void>(make_layer<float>(written)),
                     FormatError,
                     "[make_layer] Dense: 'dtype' is \"int32\", the layer is made for \"float32\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace keras_configs_test
