// Which language is a word from? Sequences of different lengths: padded batches with masks, and
// words of similar length in one batch, so that little of it is padding.
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "rondo/rondo.hpp"
#include "steps.hpp"

using namespace rondo;

namespace {

struct Words {
  Vocabulary characters;
  Vocabulary languages;
  RaggedDataset<float> data;
  Tensor<float> labels;  // [words], the most frequent language is 0
};

Words read_words() {
  const CsvTable table = read_csv(RONDO_SETS "/words.csv");
  const auto words = table.text("word"), languages = table.text("language");
  std::string all_words, all_languages;
  for (std::size_t i = 0; i < words.size(); ++i) {
    all_words += words[i];
    all_languages += languages[i];
    all_languages += ' ';
  }
  // Id 0 is padding, 1 any character that is too rare to be learned.
  auto characters = Vocabulary::from_text(
      all_words, {.min_count = 5, .padding_token = "_", .unknown_token = "?"});
  auto classes = Vocabulary::from_text(all_languages, {.level = TokenLevel::word});
  Tensor<float> labels = classes.encode_as<float>(all_languages);
  RaggedDatasetParts<float> parts{.targets = labels};
  for (const std::string_view word : words) {
    parts.inputs.push_back(characters.encode_as<float>(word));
  }
  return {std::move(characters),
          std::move(classes),
          RaggedDataset<float>(std::move(parts)),
          std::move(labels)};
}

/// One epoch. @return the part of all batches that is padding, in percent
double train(Layer<float>& model,
             Optimizer<float>& optimizer,
             BatchLoader<float>& loader,
             Tape<float>& tape) {
  std::size_t steps = 0, values = 0;
  while (const auto batch = loader.next()) {
    tape.reset();
    optimizer.zero_grad();
    const auto logits = model(tape.borrow(batch->inputs), {.training = true, .mask = batch->mask});
    tape.backward(sparse_categorical_crossentropy(logits, batch->targets, {.from_logits = true}));
    optimizer.step();
    steps += batch->mask.size();
    values += static_cast<std::size_t>(std::count(batch->mask.begin(), batch->mask.end(), true));
  }
  return 100.0 - 100.0 * static_cast<double>(values) / static_cast<double>(steps);
}

double accuracy_of(Layer<float>& model, BatchLoader<float>& loader, Tape<float>& tape) {
  SparseCategoricalAccuracy<float> accuracy;
  while (const auto batch = loader.next()) {
    tape.reset();
    accuracy.update(model(tape.borrow(batch->inputs), {.mask = batch->mask}).value(),
                    batch->targets);
  }
  return accuracy.result();
}

}  // namespace

int main(int argc, char** argv) {
  const int epochs = steps_from(argc, argv, 20);
  const Words words = read_words();
  const auto split = split_by_class<float>(words.labels.view().span(), {.test = 0.25}, /*seed=*/1);
  const Selection<float> known(words.data, split.training), unknown(words.data, split.test);

  Sequential model{
      Embedding{{.input_dim = words.characters.size(), .output_dim = 16, .mask_zero = true}},
      Bidirectional{GRU{{.units = 24}}},
      Dropout{{.rate = 0.3}},
      Dense{{.units = words.languages.size()}}};
  model.build({words.data.layout().inputs[0]}, /*seed=*/1);
  Adam optimizer{{.learning_rate = 5e-3}};
  optimizer.build(model.weights());

  BatchLoader<float> loader(known, {.shuffle = true, .seed = 1, .bucket_by_length = true});
  BatchLoader<float> unseen(unknown, {.bucket_by_length = true});
  Tape<float> tape, inference({.recording = false});
  double accuracy = 0.0;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const double padding = train(model, optimizer, loader, tape);
    accuracy = accuracy_of(model, unseen, inference);
    std::printf("epoch %2d  padding %.1f %%  test accuracy %.3f\n", epoch, padding, accuracy);
  }

  const auto majority = std::count_if(split.test.begin(), split.test.end(), [&](std::size_t i) {
    return words.labels.data()[i] == 0.0F;
  });
  std::printf("accuracy on %zu new words: GRU %.3f, always %s %.3f\n",
              unknown.size(),
              accuracy,
              words.languages.tokens()[0].c_str(),
              static_cast<double>(majority) / static_cast<double>(unknown.size()));
}
