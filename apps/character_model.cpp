#include "rondo/apps/character_model.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/data/windows.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/gru_stream.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/metrics/likelihood.hpp"

namespace rondo::apps {

namespace {

constexpr const char* unknown_character = "\uFFFD";

/// [..] → [.., size], 1 at the place of the id. Not rows of an identity matrix: a file of a few
/// bytes per character could ask for its square.
Variable<float> one_hot(Tape<float>& tape, TensorView<const float> ids, std::size_t size) {
  const Shape shape = ids.shape().insert(ids.shape().rank(), size);
  const auto values = tape.array<float>(shape.size());
  std::fill(values.begin(), values.end(), 0.0F);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    values[i * size + static_cast<std::size_t>(ids[i])] = 1.0F;
  }
  return tape.borrow(TensorView<const float>(values.data(), shape));
}

std::unique_ptr<Layer<float>> writing_layers(const RunDescription& run, std::size_t characters) {
  return std::make_unique<Sequential<float>>(GRU{{.units = run.units.value(),
                                                  .return_sequences = true,
                                                  .input_shape = {run.window.value(), characters}}},
                                             Dense{{.units = characters}});
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
  const Shape steps{run_.window.value(), vocabulary_.size()};
  if (vocabulary_.level() != TokenLevel::character || !vocabulary_.unknown_id() ||
      layers_->output_shape(steps) != steps) {
    refuse_model(file.path, "its vocabulary does not fit its layers");
  }
}

BatchLoss<float> CharacterModel::loss() const {
  return [this](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& options) {
    const Shape steps = batch.inputs.shape().erase(2);  // of [N, window, 1]
    const auto inputs = one_hot(tape, {batch.inputs.data(), steps}, vocabulary_.size());
    const auto logits = (*layers_)(inputs, options);
    return BatchResult<float>(
        sparse_categorical_crossentropy(logits, batch.targets, {.from_logits = true}), logits);
  };
}

std::optional<History> CharacterModel::train(std::string_view text, const RunWatch& watch) {
  const Tensor<float> ids = vocabulary_.encode_as<float>(text);
  const std::size_t window = run_.window.value();
  const auto held_out =
      static_cast<std::size_t>(run_.validation_split * static_cast<double>(ids.size()));
  const std::size_t cut = ids.size() - held_out;
  const bool validates = run_.validation_split > 0.0;
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
  Adam<float> optimizer(
      {.learning_rate = run_.learning_rate.value(), .global_clipnorm = run_.global_clipnorm});
  Trainer<float> trainer(*layers_, loss(), optimizer);
  trainer.add_metric(BitsPerCharacter<float>({.from_logits = true}));
  layers_->build_from_declared(run_.seed);
  return train_as_described(
      trainer, training, {.validation_data = validation ? &*validation : nullptr}, run_, watch);
}

Logs CharacterModel::evaluate(std::string_view text) const {
  const Tensor<float> ids = vocabulary_.encode_as<float>(text);
  const std::size_t window = run_.window.value();
  Adam<float> none;
  Trainer<float> trainer(*layers_, loss(), none);
  trainer.add_metric(BitsPerCharacter<float>({.from_logits = true}));
  return trainer.evaluate(character_windows(ids, window, window));
}

std::string CharacterModel::sample(const SampleOptions& options) const {
  if (!(options.temperature > 0.0) || !std::isfinite(options.temperature)) {
    throw_argument_error(
        "predict", fmt::format("the temperature must be positive, got {}", options.temperature));
  }
  const std::vector<std::int32_t> begin = vocabulary_.encode(options.begin);
  if (begin.empty()) {
    throw_argument_error("predict", "there must be a character to begin with");
  }
  GRUStream<float> stream(*layers_);
  std::vector<float> input(vocabulary_.size(), 0.0F);
  const auto read = [&](std::int32_t id) {
    float& place = input[static_cast<std::size_t>(id)];
    place = 1.0F;
    const auto result = stream.step(input);
    place = 0.0F;
    return result;
  };
  std::span<const float> logits;
  for (const std::int32_t id : begin) {
    logits = read(id);
  }
  const auto unknown = static_cast<std::size_t>(vocabulary_.unknown_id().value());
  Rng rng(options.seed);
  std::vector<std::int32_t> ids;
  while (ids.size() < options.length) {
    ids.push_back(static_cast<std::int32_t>(draw(logits, unknown, options.temperature, rng)));
    logits = read(ids.back());
  }
  return vocabulary_.decode(ids);
}

void CharacterModel::save(const std::string& path) const {
  save_model(path, *layers_, run_, vocabulary_.to_json());
}

}  // namespace rondo::apps
