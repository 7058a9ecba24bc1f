// Which language is a word from? Sequences of different lengths: padded batches with masks, and
// words of similar length in one batch, so that little of it is padding.
#include <algorithm>
#include <cstdio>
#include <string>

#include "rondo/rondo.hpp"
#include "steps.hpp"

int main(int argc, char** argv) {
  using namespace rondo;
  const int epochs = steps_from(argc, argv, 20);
  const CsvTable table = read_csv(RONDO_SETS "/words.csv");
  const auto words = table.text("word"), languages = table.text("language");

  // Id 0 is padding, 1 any character that is too rare to be learned.
  std::string all_words, all_languages;
  for (std::size_t i = 0; i < words.size(); ++i) {
    all_words += words[i];
    all_languages += languages[i];
    all_languages += ' ';
  }
  const auto characters = Vocabulary::from_text(
      all_words, {.min_count = 5, .padding_token = "_", .unknown_token = "?"});
  const auto classes = Vocabulary::from_text(all_languages, {.level = TokenLevel::word});

  RaggedDatasetParts<float> parts{.targets = classes.encode_as<float>(all_languages)};
  for (const std::string_view word : words) {
    parts.inputs.push_back(characters.encode_as<float>(word));
  }
  const Tensor<float> labels = *parts.targets;
  const RaggedDataset<float> data(std::move(parts));
  const auto split = split_by_class<float>(labels.view().span(), {.test = 0.25}, /*seed=*/1);
  const Selection<float> train(data, split.training), test(data, split.test);

  Sequential model{Embedding{{.input_dim = characters.size(), .output_dim = 16, .mask_zero = true}},
                   Bidirectional{GRU{{.units = 24}}},
                   Dropout{{.rate = 0.3}},
                   Dense{{.units = classes.size()}}};
  model.build({data.layout().inputs[0]}, /*seed=*/1);
  Adam optimizer{{.learning_rate = 5e-3}};
  optimizer.build(model.weights());

  BatchLoader<float> loader(train, {.shuffle = true, .seed = 1, .bucket_by_length = true});
  BatchLoader<float> unseen(test, {.bucket_by_length = true});
  Tape<float> tape, inference({.recording = false});
  SparseCategoricalAccuracy<float> accuracy;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    std::size_t steps = 0, values = 0;
    while (const auto batch = loader.next()) {
      tape.reset();
      optimizer.zero_grad();
      const auto logits =
          model(tape.borrow(batch->inputs), {.training = true, .mask = batch->mask});
      const auto loss =
          sparse_categorical_crossentropy(logits, batch->targets, {.from_logits = true});
      tape.backward(loss);
      optimizer.step();
      steps += batch->mask.size();
      values += static_cast<std::size_t>(std::count(batch->mask.begin(), batch->mask.end(), true));
    }
    accuracy.reset();
    while (const auto batch = unseen.next()) {
      inference.reset();
      const auto logits = model(inference.borrow(batch->inputs), {.mask = batch->mask});
      accuracy.update(logits.value(), batch->targets);
    }
    std::printf("epoch %2d  padding %.1f %%  test accuracy %.3f\n",
                epoch,
                100.0 - 100.0 * static_cast<double>(values) / static_cast<double>(steps),
                accuracy.result());
  }

  // The most frequent language has id 0.
  const auto majority = std::count_if(split.test.begin(), split.test.end(), [&](std::size_t i) {
    return labels.data()[i] == 0.0F;
  });
  std::printf("accuracy on %zu new words: GRU %.3f, always %s %.3f\n",
              test.size(),
              accuracy.result(),
              classes.tokens()[0].c_str(),
              static_cast<double>(majority) / static_cast<double>(test.size()));
}
