/// A model of a text: a GRU that reads it character by character, each as a vector that is learnt
/// (D65), and predicts the next one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rondo/apps/model_file.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/data/vocabulary.hpp"

namespace rondo::apps {

struct SampleOptions {
  /// What the model reads first.
  std::string begin = "\n";
  std::size_t length = 200;  // characters
  /// Low ones prefer what is likely, high ones what is rare; > 0.
  double temperature = 0.8;
  std::uint64_t seed = 1;
};

class CharacterModel {
 public:
  /// To be trained on the text, whose characters are its vocabulary, with one more for all others.
  /// @throws ArgumentError if the text is empty
  CharacterModel(const RunDescription& run, std::string_view text);

  /// Trained. @throws FormatError if the file holds no vocabulary that fits its layers, or is of an
  ///         earlier version, whose characters were one-hot vectors
  explicit CharacterModel(ModelFile file);

  /// The last characters validate.
  /// @return the history, or nothing if the run was interrupted
  /// @throws ArgumentError if the window does not fit into each part of the text
  [[nodiscard]] std::optional<History> train(std::string_view text, const RunWatch& watch);

  /// `loss` and `bits_per_character`, in windows one after another; each begins without a past.
  /// @throws ArgumentError if the text is not longer than a window
  [[nodiscard]] Logs evaluate(std::string_view text) const;

  /// Hands over `begin` and each character that the model writes behind it.
  /// @throws ArgumentError for a temperature that is not positive, or nothing to read first;
  /// nothing
  ///         is handed over then
  void sample(const SampleOptions& options,
              const std::function<void(std::string_view)>& write) const;

  void save(const std::string& path) const;

  [[nodiscard]] const RunDescription& run() const { return run_; }

  [[nodiscard]] const Layer<float>& layers() const { return *layers_; }

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  [[nodiscard]] BatchLoss<float> loss() const;

  RunDescription run_;
  Vocabulary vocabulary_;
  std::unique_ptr<Layer<float>> layers_;
};

}  // namespace rondo::apps
