// Sums as text, "37+85" -> "122": a GRU reads the question, its last state is the first state of a
// second GRU, which writes the answer character by character.
#include <algorithm>

#include <fmt/core.h>

#include "rondo/rondo.hpp"
#include "steps.hpp"

namespace {

using namespace rondo;

// A sample is "37+85.122." or "1+2__.3.__": the question, a full stop, the answer, a full stop.
constexpr std::size_t question_size = 5, answer_size = 4, size = question_size + 1 + answer_size;

/// Teacher forcing: inputs [N, 9, 1] are samples without their end; outputs: logits [N, 4, tokens].
class Adder : public Layer<float> {
 public:
  explicit Adder(std::size_t tokens) : tokens_(tokens) {}

  /// How many answers are right to the last character if the decoder reads what it wrote itself.
  std::ptrdiff_t count_right(const Tensor<float>& ids) {
    Tape<float> tape({.recording = false});
    const auto given = reshape(tape.borrow(ids), {ids.size() / size, size});
    auto last = Tensor<float>::copy_of(slice(given, 1, question_size, question_size + 1).value());
    std::vector<bool> right(last.size(), true);
    const auto encoded = encoder_(slice(given, 1, 0, question_size));
    std::span<const Variable<float>> states(&encoded, 1);
    for (std::size_t column = question_size + 1; column < size; ++column) {
      const auto step = decoder_.run(embedding_(tape.constant(last)), {.initial_state = states});
      const auto logits = head_(step.output).value();  // [N, 1, tokens]
      states = step.states;
      for (std::size_t i = 0; i < right.size(); ++i) {
        const float* row = logits.data() + i * tokens_;
        last.data()[i] = static_cast<float>(std::max_element(row, row + tokens_) - row);
        const float wanted = ids.data()[i * size + column];  // 0 is padding
        right[i] = right[i] && (wanted == 0.0F || wanted == last.data()[i]);
      }
    }
    return std::count(right.begin(), right.end(), true);
  }

  Shape output_shape(const Shape&) const override { return {answer_size, tokens_}; }

  std::unique_ptr<Layer<float>> clone() const override { return std::make_unique<Adder>(tokens_); }

 protected:
  Variable<float> call(const Variable<float>& inputs, const CallOptions<float>& options) override {
    const auto ids = reshape(inputs, inputs.shape().erase(2));
    const auto state = encoder_(slice(ids, 1, 0, question_size), options);
    const auto told = embedding_(slice(ids, 1, question_size, size - 1), options);
    return head_(decoder_(told, {.initial_state = {&state, 1}}));
  }

 private:
  std::size_t tokens_;
  Layer<float>& encoder_ =
      add_child(Sequential{Embedding{{.input_dim = tokens_, .output_dim = 16, .mask_zero = true}},
                           GRU{{.units = 128, .go_backwards = true}}});
  Layer<float>& embedding_ = add_child(Embedding{{.input_dim = tokens_, .output_dim = 16}});
  GRU<float>& decoder_ = add_child(GRU{{.units = 128, .return_sequences = true}});
  Layer<float>& head_ = add_child(Dense{{.units = tokens_}});
};

}  // namespace

int main(int argc, char** argv) {
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 40));
  // Each pair of numbers is drawn into one part, in both orders: a tenth tests, a tenth validates.
  std::string texts[3];  // test, validation, training
  int always_99 = 0;     // how often the most frequent sum is right in the test
  Rng rng(1);
  for (int a = 0; a < 100; ++a) {
    for (int b = 0; b < a; ++b) {
      std::string& text = texts[std::min<std::size_t>(rng.below(10), 2)];
      for (const auto& question : {fmt::format("{}+{}", a, b), fmt::format("{}+{}", b, a)}) {
        text += fmt::format("{:_<5}.{:_<4}", question, std::to_string(a + b) + '.');
        always_99 += &text == texts && a + b == 99 ? 1 : 0;
      }
    }
  }
  const auto vocabulary = Vocabulary::from_text("0123456789+.", {.padding_token = "_"});
  const WindowOptions options{.window = size - 1, .stride = size, .step_targets = true};
  const WindowDataset<float> valid(vocabulary.encode_as<float>(texts[1]), options);
  const WindowDataset<float> train(vocabulary.encode_as<float>(texts[2]), options);
  Adder model(vocabulary.size());
  Adam optimizer{{.learning_rate = 3e-3, .global_clipnorm = 1.0}};
  const auto loss = [&](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& o) {
    const auto answers = slice(tape.borrow(batch.targets), 1, question_size, size - 1).value();
    return sparse_categorical_crossentropy(
        model(tape.borrow(batch.inputs), o), answers, {.from_logits = true, .ignore_class = 0});
  };
  Trainer<float> trainer(model, loss, optimizer);
  trainer.add(EarlyStopping{{.patience = 10, .restore_best_weights = true}});
  trainer.fit(train, {.epochs = epochs, .batch_size = 64, .validation_data = &valid, .seed = 1});
  const auto right = model.count_right(vocabulary.encode_as<float>(texts[0]));
  fmt::print("{} of {} new sums right, always 99: {}\n", right, texts[0].size() / size, always_99);
}
