// A user's program. It trains, and it crosses the library's border in both directions: objects and
// exceptions made on one side are recognised on the other.
#include <cstdio>
#include <memory>
#include <rondo/rondo.hpp>
#include <stdexcept>
#include <typeinfo>

#include <nlohmann/json.hpp>

namespace {

using namespace rondo;

int failures = 0;

void check(bool ok, const char* what) {
  if (!ok) {
    std::printf("FAILED: %s\n", what);
    ++failures;
  }
}

struct OwnProblem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class OwnData : public Dataset<float> {
 public:
  [[nodiscard]] std::size_t size() const override { return 8; }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t, const SampleSlot<float>&) const override {
    throw OwnProblem("no sample");
  }

 private:
  SampleLayout layout_{.inputs = Shape{3, 2}, .targets = Shape{1}};
};

void train() {
  Sequential model{GRU{{.units = 4}}, Dense{{.units = 1}}};
  Rng rng(1);
  auto [inputs, targets] = adding_problem<float>(20, 5, rng);
  const TensorDataset<float> data(std::move(inputs), std::move(targets));
  Adam optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.fit(data, {.epochs = 2});
  save_weights("consumer.safetensors", model.weights());
}

void cross_the_border() {
  const std::unique_ptr<Layer<float>> layer = make_layer(GRU{{.units = 4}}.config());
  check(dynamic_cast<const GRU<float>*>(layer.get()) != nullptr,
        "a layer made there is a GRU here");
  check(dynamic_cast<const Dense<float>*>(layer.get()) == nullptr, "and no Dense");
  const Layer<float>& made = *layer;
  check(typeid(made) == typeid(GRU<float>), "its type is the same");

  Sequential model{GRU{{.units = 4}}, Dense{{.units = 1}}};
  model.build({3, 2});
  const GRUStream stream(model);
  check(stream.num_states() == 1, "a layer made here is a GRU there");

  try {
    static_cast<void>(GRU{{.units = 0}});
    check(false, "an error is thrown");
  } catch (const Error& error) {
    check(dynamic_cast<const ArgumentError*>(&error) != nullptr, "its kind is known here");
  }
  try {
    const OwnData data;
    BatchLoader<float> loader(data, {.batch_size = 4, .prefetch = 1});
    static_cast<void>(loader.next());
    check(false, "what a data set throws arrives");
  } catch (const OwnProblem&) {
  }
}

}  // namespace

int main() {
  train();
  cross_the_border();
  return failures;
}
