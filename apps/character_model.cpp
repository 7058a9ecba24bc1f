#include "rondo/apps/character_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rondo/apps/run_notes.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/data/windows.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/embedding.hpp"
#include "rondo/layers/input.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/gru_stream.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/metrics/likelihood.hpp"

namespace rondo::apps {

namespace {

constexpr const char* unknown_character = "\uFFFD";

/// Numbers in the vector of a character.
constexpr std::size_t vector_size = 64;

/// Input [window], ids of characters; the writer behind the vectors is what `GRUStream` can run.
std::unique_ptr<Layer<float>> writing_layers(const RunDescription& run, std::size_t characters) {
  Sequential<float> writer("writer");
  writer.add(GRU{{.units = run.units.at(0), .return_sequences = true}});
  writer.add(Dense{{.units = characters}});
  return std::make_unique<Sequential<float>>(
      Input{{.shape = {run.window.value()}}},
      Embedding{{.input_dim = characters, .output_dim = vector_size}},
      std::move(writer));
}

/// Of the layers above: their table of vectors [V, size], and what follows it.
TensorView<const float> vectors_of(const Layer<float>& layers) {
  return std::as_const(*layers.children().at(1)->weights().at(0)).value();
}

const Layer<float>& writer_of(const Layer<float>& layers) {
  return *layers.children().at(2);
}

WindowDataset<float> character_windows(TensorView<const float> ids,
                                       std::size_t window,
                                       std::size_t stride) {
  return {ids, {.window = window, .stride = stride, .step_targets = true}};
}

/// Draws an id by the logits of all but one.
std::size_t draw(std::span<const float> logits,
                 std::size_t excluded,
                 double temperature,
                 Rng& rng) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> sums;  // of the probabilities, not normalised
  double sum = 0.0;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    sum +=
        id == excluded ? 0.0 : std::exp((static_cast<double>(logits[id]) - highest) / temperature);
    sums.push_back(sum);
  }
  const auto drawn = std::upper_bound(sums.begin(), sums.end() - 1, rng.uniform(0.0, sum));
  return static_cast<std::size_t>(drawn - sums.begin());
}

}  // namespace

CharacterModel::CharacterModel(const RunDescription& run, std::string_view text)
    : run_(run),
      vocabulary_(Vocabulary::from_text(text, {.unknown_token = unknown_character})),
      layers_(writing_layers(run, vocabulary_.size())) {}

CharacterModel::CharacterModel(ModelFile file)
    : run_(std::move(file.run)),
      vocabulary_(
          in_model_file(file.path, [&] { return Vocabulary::from_json(file.preparation); })),
      layers_(std::move(file.layers)) {
  const auto& children = layers_->children();
  if (!children.empty() && children.front()->type_name() == "GRU") {
    refuse_model(
        file.path,
        "is a model of an earlier version, whose characters were one-hot vectors, which is "
        "no longer used: train it again");
  }
  const Shape steps{run_.window.value()};
  const Shape logits{run_.window.value(), vocabulary_.size()};
  if (vocabulary_.level() != TokenLevel::character || !vocabulary_.unknown_id() ||
      children.size() != 3 || children[1]->type_name() != "Embedding" ||
      vectors_of(*layers_).shape()[0] != vocabulary_.size() ||
      layers_->output_shape(steps) != logits) {
    refuse_model(file.path, "its vocabulary does not fit its layers");
  }
}

BatchLoss<float> CharacterModel::loss() const {
  return [this](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& options) {
    const Shape steps = batch.inputs.shape().erase(2);  // of [N, window, 1]
    const TensorView<const float> ids(batch.inputs.data(), steps);
    const auto logits = (*layers_)(tape.borrow(ids), options);
    return BatchResult<float>(
        sparse_categorical_crossentropy(logits, batch.targets, {.from_logits = true}), logits);
  };
}

std::optional<History> CharacterModel::train(std::string_view text, const RunWatch& watch) {
  const Tensor<float> ids = vocabulary_.encode_as<float>(text);
  const std::size_t window = run_.window.value();
  const auto held_out =
      static_cast<std::size_t>(*run_.validation_split * static_cast<double>(ids.size()));
  const std::size_t cut = ids.size() - held_out;
  const bool validates = *run_.validation_split > 0.0;
  if (cut <= window || (validates && held_out <= window)) {
    throw_argument_error(
        "train",
        fmt::format("window {} does not fit the text: {} characters train, {} validate",
                    window,
                    cut,
                    held_out));
  }
  const auto training =
      character_windows({ids.data(), {cut}}, window, std::max<std::size_t>(window / 2, 1));
  std::optional<WindowDataset<float>> validation;
  if (validates) {
    validation = character_windows({ids.data() + cut, {held_out}}, window, window);
  }
  const std::size_t characters = vocabulary_.size(), units = run_.units.at(0);
  check_memory(run_,
               {.samples = training.size(),
                .weights = characters * (vector_size + units + 1) + 3 * units * vector_size,
                .per_step = 2 * (characters + vector_size)});
  note_monitor(run_);
  Adam<float> optimizer(
      {.learning_rate = run_.learning_rate.value(), .global_clipnorm = run_.global_clipnorm});
  Trainer<float> trainer(*layers_, loss(), optimizer);
  trainer.add_metric(BitsPerCharacter<float>({.from_logits = true}));
  layers_->build_from_declared(run_.seed);
  auto history = train_as_described(
      trainer, training, {.validation_data = validation ? &*validation : nullptr}, run_, watch);
  if (history) {
    note_result(*history, run_, std::log(static_cast<double>(characters)));
  }
  return history;
}

Logs CharacterModel::evaluate(std::string_view text) const {
  const Tensor<float> ids = vocabulary_.encode_as<float>(text);
  const std::size_t window = run_.window.value();
  Adam<float> none;
  Trainer<float> trainer(*layers_, loss(), none);
  trainer.add_metric(BitsPerCharacter<float>({.from_logits = true}));
  return trainer.evaluate(character_windows(ids, window, window));
}

void CharacterModel::sample(const SampleOptions& options,
                            const std::function<void(std::string_view)>& write) const {
  if (!(options.temperature > 0.0) || !std::isfinite(options.temperature)) {
    throw_argument_error(
        "predict", fmt::format("the temperature must be positive, got {}", options.temperature));
  }
  const std::vector<std::int32_t> begin = vocabulary_.encode(options.begin);
  if (begin.empty()) {
    throw_argument_error("predict", "there must be a character to begin with");
  }
  GRUStream<float> stream(writer_of(*layers_));
  const TensorView<const float> vectors = vectors_of(*layers_);
  const std::size_t size = vectors.shape()[1];
  const auto read = [&](std::size_t id) { return stream.step({vectors.data() + id * size, size}); };
  std::span<const float> logits;
  for (const std::int32_t id : begin) {
    logits = read(static_cast<std::size_t>(id));
  }
  const auto unknown = static_cast<std::size_t>(vocabulary_.unknown_id().value());
  Rng rng(options.seed);
  write(options.begin);
  for (std::size_t written = 0; written < options.length; ++written) {
    const std::size_t id = draw(logits, unknown, options.temperature, rng);
    write(vocabulary_.tokens()[id]);
    logits = read(id);
  }
}

void CharacterModel::save(const std::string& path) const {
  save_model(path, *layers_, run_, vocabulary_.to_json());
}

}  // namespace rondo::apps
