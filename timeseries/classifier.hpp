/// A recurrent network that says which class a series belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rondo/data/scaler.hpp"
#include "rondo/data/splits.hpp"
#include "rondo/formats/labelled_series.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/layers/layer.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

/// The defaults are one recipe for small sets of short series (docs/classification.md).
struct ClassifierOptions {
  std::vector<std::size_t> units = {64, 64};  // of each recurrent layer, the first one first
  std::string cell = "gru";                   // or lstm, rnn
  bool bidirectional = true;
  double dropout = 0.3;            // behind each recurrent layer, in [0, 1)
  double recurrent_dropout = 0.0;  // in [0, 1)
  bool class_weights = false;      // all classes count the same, however many members they have
  std::size_t epochs = 150;
  std::size_t batch_size = 8;
  double learning_rate = 0.003;  // of Adam at the beginning; the cosine ends at 0
  double validation = 0.0;       // share of each class, in [0, 1); 0: the last epoch's weights stay
  int patience = 30;             // epochs without a better val_loss; only with validation
  std::uint64_t seed = 1;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("units", o.units...);
    visit("cell", o.cell...);
    visit("bidirectional", o.bidirectional...);
    visit("dropout", o.dropout...);
    visit("recurrent_dropout", o.recurrent_dropout...);
    visit("class_weights", o.class_weights...);
    visit("epochs", o.epochs...);
    visit("batch_size", o.batch_size...);
    visit("learning_rate", o.learning_rate...);
    visit("validation", o.validation...);
    visit("patience", o.patience...);
    visit("seed", o.seed...);
  }
};

/// The labels of series as indices of these classes, by name.
/// @throws ArgumentError naming file and line of a class that is none of them, or if the classes of the
///         series are not known
[[nodiscard]] std::vector<std::size_t> labels_in(const LabelledSeries& data,
                                                 std::span<const std::string> classes);

/// Recurrent layers with dropout behind each, then a softmax over the classes. Every channel is scaled
/// by the values of training, in double. A missing value is the last known one of its channel, before
/// the first known one that one, and the channel's mean where the series has none.
class Classifier {
 public:
  /// @throws ArgumentError for an option out of range
  explicit Classifier(ClassifierOptions options = {});

  /// Trains from the beginning.
  /// @param attach  adds callbacks to the trainer; without it training is silent
  /// @return the numbers of each epoch, or nothing if a callback interrupted the run
  /// @throws ArgumentError for a class with fewer than two members, more than most_classes, a channel
  ///         without values, no series
  std::optional<History> fit(const LabelledSeries& data,
                             const std::function<void(Trainer<float>&)>& attach = {});

  /// Which series `fit` trains with and which validate, each class with its share of both.
  [[nodiscard]] IndexSplit split_of(const LabelledSeries& data) const;

  /// @param series  each [L, C], L > 0; NaN is a missing value
  /// @return [N, classes], rows of sum 1
  /// @throws StateError    if it is not trained
  /// @throws ShapeError    if a series has other channels than those of training
  /// @throws ArgumentError if a value is out of all proportion to those of training
  [[nodiscard]] Tensor<double> predict(std::span<const Tensor<double>> series) const;

  /// The same for series of a file, which errors then name with the line.
  [[nodiscard]] Tensor<double> predict(const LabelledSeries& data) const;

  /// `labels_in` the classes of training.
  /// @throws ArgumentError naming file and line of a class that training has not seen, or if the classes
  ///         are not known
  [[nodiscard]] std::vector<std::size_t> labels_of(const LabelledSeries& data) const;

  /// Weights, layers, scaler, classes and options in one safetensors file.
  /// @param more  metadata under other keys
  /// @throws StateError if it is not trained, FormatError if the file cannot be written
  void save(const std::filesystem::path& path, const FileMetadata& more = {}) const;

  /// @throws FormatError if the file is damaged or holds something else
  [[nodiscard]] static Classifier load(const std::filesystem::path& path);

  [[nodiscard]] const ClassifierOptions& options() const { return options_; }

  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }

  [[nodiscard]] std::size_t channels() const { return scaler_.scale().size(); }

  /// @throws StateError if it is not trained
  [[nodiscard]] const Layer<float>& layers() const;

 private:
  [[nodiscard]] FitOptions<float> fit_options(std::span<const std::size_t> labels) const;
  /// @param source, lines  of the series, for errors; without lines they are counted
  [[nodiscard]] std::vector<Tensor<float>> scaled(std::span<const Tensor<double>> series,
                                                  const std::string& source = {},
                                                  std::span<const std::size_t> lines = {}) const;
  [[nodiscard]] Tensor<double> predict_scaled(std::vector<Tensor<float>> series) const;

  ClassifierOptions options_;
  std::vector<std::string> classes_;
  StandardScaler<double> scaler_;
  std::unique_ptr<Layer<float>> layers_;  // null: not trained
};

}  // namespace rondo
