/// Configs that Keras wrote against our own of what was made from them.
#pragma once

#include <initializer_list>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace rondo::test {

/// Erases keys that have this value.
inline void erase_if(nlohmann::json& config,
                     const nlohmann::json& value,
                     std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (config.contains(key) && config[key] == value) {
      config.erase(key);
    }
  }
}

/// Other words of Keras for the same.
inline void translate(nlohmann::json& config) {
  if (config.contains("batch_input_shape") && config.contains("sparse")) {
    config["batch_shape"] = config["batch_input_shape"];  // the InputLayer of Keras 2
    config.erase("batch_input_shape");
  }
  if (config.contains("merge_mode")) {
    if (config["merge_mode"].is_null()) {
      config["merge_mode"] = "none";
    }
    if (!config.contains("backward_layer")) {
      config["layer"]["config"].erase("name");  // Keras 2 renames it to forward_… later
    }
  }
  if (config.value("recurrent_activation", nlohmann::json()) == "hard_sigmoid") {
    config["recurrent_activation"] = "hard_sigmoid_keras3";
  }
  if (config.contains("axis") && config["axis"].is_array() && config["axis"].size() == 1) {
    config["axis"] = config["axis"][0];
  }
}

/// Without what says nothing about the object: where its class lives, where it was built and
/// compiled, types of numbers, and options that were not chosen.
inline nlohmann::json without_labels(nlohmann::json config) {
  if (config.is_object()) {
    for (const char* label : {"module",
                              "registered_name",
                              "shared_object_id",
                              "build_config",
                              "compile_config",
                              "build_input_shape",
                              "keras_version",
                              "backend",
                              "dtype"}) {
      config.erase(label);
    }
    if (config.value("class_name", "") == "function") {
      return config["config"];  // an activation
    }
    translate(config);
    erase_if(config,
             nullptr,
             {"seed", "input_axes", "output_axes", "quantization_config", "input_length"});
    erase_if(config, false, {"sparse", "ragged", "optional", "rms_scaling"});
  }
  if (config.is_structured()) {
    for (auto& entry : config) {
      entry = without_labels(entry);
    }
  }
  return config;
}

/// Every key that Keras wrote has the same value here; what only rondo has may stand beside.
inline void check_contains(const nlohmann::json& own,
                           const nlohmann::json& written,
                           const std::string& path = {}) {
  if (written.is_object() && own.is_object()) {
    for (const auto& [key, value] : written.items()) {
      BOOST_TEST(own.contains(key), path << "/" << key << " is missing");
      if (own.contains(key)) {
        check_contains(own[key], value, path + "/" + key);
      }
    }
  } else if (written.is_array() && own.is_array() && written.size() == own.size()) {
    for (std::size_t i = 0; i < written.size(); ++i) {
      check_contains(own[i], written[i], path + "/" + std::to_string(i));
    }
  } else {
    BOOST_TEST((own == written), path << ": " << own.dump() << " instead of " << written.dump());
  }
}

}  // namespace rondo::test
