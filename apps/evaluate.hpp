/// `rondo evaluate`: how well a model of `rondo train` predicts a series or a text.
#pragma once

#include <string>

namespace rondo::apps {

struct EvaluateOptions {
  std::string model = {};
  std::string csv = {};
  std::string text = {};
  /// Empty: the one the model was trained on.
  std::string column = {};
};

/// @throws rondo::Error for input that cannot be used; nothing is printed then
void evaluate(const EvaluateOptions& options);

}  // namespace rondo::apps
