// A model of text, character by character: what comes next? It reads the licences of a Debian
// system, or the file named first on the command line, and then writes by itself.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "rondo/rondo.hpp"
#include "steps.hpp"

namespace {

using namespace rondo;

std::string licences() {
  std::string text;
  for (const std::string name : {"GPL-1", "LGPL-3", "GPL-3", "Apache-2.0", "MPL-1.1", "MPL-2.0"}) {
    text += read_text("/usr/share/common-licenses/" + name);
  }
  return text;
}

/// Bits per character of the best guess that looks at no other character.
double unigram_entropy(std::span<const float> ids, std::size_t size) {
  std::vector<double> share(size);
  for (const float id : ids) {
    share[static_cast<std::size_t>(id)] += 1.0 / static_cast<double>(ids.size());
  }
  double bits = 0.0;
  for (const double p : share) {
    bits -= p > 0.0 ? p * std::log2(p) : 0.0;
  }
  return bits;
}

/// Low temperatures prefer what is likely, high ones what is rare. @param one_hot  [V, V]
void write(const Layer<float>& model, const Vocabulary& v, const Tensor<float>& one_hot, float t) {
  GRUStream<float> stream(model);
  Rng rng(2);
  std::vector<std::int32_t> ids{v.find("T").value_or(0)};
  while (ids.size() < 200) {
    const auto last = static_cast<std::size_t>(ids.back());
    std::vector<double> sums{0.0};  // of the probabilities, not normalised
    for (const float logit : stream.step({one_hot.data() + last * v.size(), v.size()})) {
      sums.push_back(sums.back() + std::exp(logit / t));
    }
    const auto drawn = std::upper_bound(sums.begin(), sums.end(), rng.uniform(0.0, sums.back()));
    ids.push_back(static_cast<std::int32_t>(drawn - sums.begin() - 1));
  }
  std::printf("\ntemperature %.1f:\n%s\n", static_cast<double>(t), v.decode(ids).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const auto file = file_from(argc, argv);
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 15));
  const std::string text = file ? read_text(*file) : licences();
  const auto vocabulary = Vocabulary::from_text(text);
  const Tensor<float> ids = vocabulary.encode_as<float>(text);
  const std::size_t cut = ids.size() / 10 * 9, size = vocabulary.size();
  const TensorView<const float> test(ids.data() + cut, {ids.size() - cut});
  const WindowDataset<float> windows({ids.data(), {cut}},
                                     {.window = 100, .stride = 50, .step_targets = true});
  const WindowDataset<float> unseen(test, {.window = 100, .stride = 100, .step_targets = true});

  Sequential model{GRU{{.units = 128, .return_sequences = true}}, Dense{{.units = size}}};
  model.build({100, size}, /*seed=*/1);
  Adam optimizer{{.learning_rate = 5e-3, .global_clipnorm = 1.0}};
  auto one_hot = Tensor<float>::zeros({size, size});
  for (std::size_t id = 0; id < size; ++id) {
    one_hot.data()[id * size + id] = 1.0F;
  }
  const auto loss = [&](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& o) {
    const Shape steps = batch.inputs.shape().erase(2);  // of [N, 100, 1]
    const auto inputs = gather(tape.borrow(one_hot), {batch.inputs.data(), steps});
    return sparse_categorical_crossentropy(model(inputs, o), batch.targets, {.from_logits = true});
  };
  Trainer<float> trainer(model, loss, optimizer);
  trainer.fit(windows, {.epochs = epochs, .validation_data = &unseen, .seed = 1});

  std::printf("the last tenth of %zu characters: GRU %.3f bits per character, unigrams %.3f\n",
              ids.size(),
              trainer.history().last("val_loss") / std::log(2.0),
              unigram_entropy(test.span(), size));
  for (const float temperature : {0.5F, 0.8F, 1.1F}) {
    write(model, vocabulary, one_hot, temperature);
  }
}
