#include "rondo/timeseries/classifier.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/data/batch_loader.hpp"
#include "rondo/data/ragged_dataset.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"
#include "rondo/optim/metrics/accuracy.hpp"
#include "rondo/timeseries/class_errors.hpp"
#include "rondo/timeseries/detail/classifier_layers.hpp"
#include "rondo/timeseries/detail/series_scaling.hpp"

namespace rondo {

namespace {

constexpr const char* op = "classifier";

void check_share(const char* name, double value) {
  if (!(value >= 0.0 && value < 1.0)) {
    throw_argument_error(op, fmt::format("{} must lie in [0, 1), got {}", name, value));
  }
}

void check(const ClassifierOptions& options) {
  check_share("dropout", options.dropout);
  check_share("recurrent_dropout", options.recurrent_dropout);
  check_share("validation", options.validation);
  if (options.units.empty() || std::count(options.units.begin(), options.units.end(), 0) > 0) {
    throw_argument_error(op, "units must name at least one layer, each with one unit or more");
  }
  if (options.epochs == 0 || options.batch_size == 0) {
    throw_argument_error(op, "epochs and batch_size must be above 0");
  }
  if (!(options.learning_rate > 0.0) || !std::isfinite(options.learning_rate)) {
    throw_argument_error(
        op, fmt::format("learning_rate must be above 0, got {}", options.learning_rate));
  }
  if (options.patience < 0) {
    throw_argument_error(op, fmt::format("patience must be 0 or more, got {}", options.patience));
  }
  detail::check_cell(options.cell);
}

void check_labelled(const LabelledSeries& data) {
  if (data.labels.size() != data.size()) {
    throw_argument_error(op, fmt::format("{}: the class of its series is not known", data.source));
  }
}

/// Nobody can learn a class from one series and see on another whether it was learnt.
void check_members(const LabelledSeries& data) {
  if (data.series.empty()) {
    throw_argument_error(op, "there are no series");
  }
  check_labelled(data);
  if (data.classes.size() > most_classes) {
    throw_argument_error(op,
                         fmt::format("{}: there are {} classes, expected at most {}: is the label "
                                     "a number or a name that each series has of its own?",
                                     data.source,
                                     data.classes.size(),
                                     most_classes));
  }
  std::vector<std::size_t> members(data.classes.size(), 0);
  for (const std::size_t label : data.labels) {
    ++members.at(label);
  }
  for (std::size_t c = 0; c < members.size(); ++c) {
    if (members[c] < 2) {
      const auto at = std::find(data.labels.begin(), data.labels.end(), c) - data.labels.begin();
      const std::string where =
          members[c] == 1 ? fmt::format(":{}", data.lines.at(static_cast<std::size_t>(at))) : "";
      throw_argument_error(
          op,
          fmt::format(
              "{}{}: the class {} has {}, expected two members or more: leave it out, or join "
              "it with another one",
              data.source,
              where,
              in_quotes(data.classes[c]),
              members[c] == 1 ? "one member" : "no member"));
    }
  }
  if (data.classes.size() < 2) {
    throw_argument_error(op,
                         fmt::format("{}: all series are of the class {}, expected two classes",
                                     data.source,
                                     in_quotes(data.classes.at(0))));
  }
}

RaggedDataset<float> dataset(std::vector<Tensor<float>> inputs,
                             std::span<const std::size_t> labels) {
  Tensor<float> targets({inputs.size()});
  std::copy(labels.begin(), labels.end(), targets.data());
  return RaggedDataset<float>({.inputs = std::move(inputs), .targets = std::move(targets)});
}

}  // namespace

std::vector<std::size_t> labels_in(const LabelledSeries& data,
                                   std::span<const std::string> classes) {
  check_labelled(data);
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::string& name = data.classes.at(data.labels[i]);
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end()) {
      throw_argument_error(
          op,
          fmt::format("{}:{}: the class {} does not occur in training, known are {}",
                      data.source,
                      data.lines.at(i),
                      in_quotes(name),
                      listed(classes, 20)));
    }
    result.push_back(static_cast<std::size_t>(found - classes.begin()));
  }
  return result;
}

Classifier::Classifier(ClassifierOptions options) : options_(std::move(options)) {
  check(options_);
}

FitOptions<float> Classifier::fit_options(std::span<const std::size_t> labels) const {
  FitOptions<float> options{.epochs = options_.epochs,
                            .batch_size = options_.batch_size,
                            .verbose = Verbosity::quiet,
                            .seed = options_.seed};
  if (options_.class_weights) {
    const std::vector<double> weights = balanced_class_weights(labels, classes_.size());
    for (std::size_t c = 0; c < weights.size(); ++c) {
      options.class_weight[static_cast<int>(c)] = weights[c];
    }
  }
  return options;
}

IndexSplit Classifier::split_of(const LabelledSeries& data) const {
  const std::vector<float> labels(data.labels.begin(), data.labels.end());
  return split_by_class<float>(labels, {.validation = options_.validation}, options_.seed);
}

std::optional<History> Classifier::fit(const LabelledSeries& data,
                                       const std::function<void(Trainer<float>&)>& attach) {
  check_members(data);
  classes_ = data.classes;
  detail::fit_scaler(scaler_, data.series);
  layers_ = detail::classifier_layers(options_, data.channels(), classes_.size());
  const RaggedDataset<float> all =
      dataset(scaled(data.series, data.source, data.lines), data.labels);
  const IndexSplit split = split_of(data);
  const Selection<float> training(all, split.training);
  const Selection<float> validation(all, split.validation);
  const std::size_t steps = (training.size() + options_.batch_size - 1) / options_.batch_size;
  Adam<float> optimizer(
      {.learning_rate = CosineDecay({.initial_learning_rate = options_.learning_rate,
                                     .decay_steps = options_.epochs * steps})});
  Trainer<float> trainer(*layers_, "sparse_categorical_crossentropy", optimizer);
  trainer.add_metric(SparseCategoricalAccuracy<float>("accuracy"));
  trainer.add(TerminateOnNaN<float>({.raise_error = true}));
  FitOptions<float> options = fit_options(data.labels);
  if (options_.validation > 0.0) {
    options.validation_data = &validation;
    trainer.add(
        EarlyStopping<float>({.patience = options_.patience, .restore_best_weights = true}));
  }
  if (attach) {
    attach(trainer);
  }
  History history = trainer.fit(training, options);
  return trainer.interrupted() ? std::nullopt : std::optional(std::move(history));
}

std::vector<Tensor<float>> Classifier::scaled(std::span<const Tensor<double>> series,
                                              const std::string& source,
                                              std::span<const std::size_t> lines) const {
  std::vector<Tensor<float>> result;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const std::string where =
        i < lines.size() ? fmt::format("{}:{}", source, lines[i]) : fmt::format("series {}", i);
    result.push_back(detail::scaled_series(scaler_, series[i], where));
  }
  return result;
}

Tensor<double> Classifier::predict(std::span<const Tensor<double>> series) const {
  static_cast<void>(layers());
  return predict_scaled(scaled(series));
}

Tensor<double> Classifier::predict(const LabelledSeries& data) const {
  static_cast<void>(layers());
  return predict_scaled(scaled(data.series, data.source, data.lines));
}

Tensor<double> Classifier::predict_scaled(std::vector<Tensor<float>> series) const {
  const std::vector<std::size_t> no_labels(series.size(), 0);
  Tensor<double> result({series.size(), classes_.size()});
  const RaggedDataset<float> data = dataset(std::move(series), no_labels);
  BatchLoader<float> loader(data, {.batch_size = 64});
  Tape<float> tape({.recording = false});
  double* next = result.data();
  while (const auto batch = loader.next()) {
    tape.reset();
    const auto output = (*layers_)(tape.borrow(batch->inputs), {.mask = batch->mask});
    next = std::copy(output.value().begin(), output.value().end(), next);
  }
  return result;
}

std::vector<std::size_t> Classifier::labels_of(const LabelledSeries& data) const {
  return labels_in(data, classes_);
}

const Layer<float>& Classifier::layers() const {
  if (!layers_) {
    throw_state_error(op, "it is not trained: call fit or load first");
  }
  return *layers_;
}

}  // namespace rondo
