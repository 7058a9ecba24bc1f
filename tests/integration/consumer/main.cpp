// The smallest program of a user; it touches every library.
#include <rondo/rondo.hpp>

int main() {
  rondo::Sequential model{rondo::GRU{{.units = 4}}, rondo::Dense{{.units = 1}}};
  rondo::Rng rng(1);
  auto [inputs, targets] = rondo::adding_problem<float>(20, 5, rng);
  const rondo::TensorDataset<float> data(std::move(inputs), std::move(targets));
  rondo::Adam optimizer;
  rondo::Trainer trainer{model, rondo::mean_squared_error<float>, optimizer};
  trainer.fit(data, {.epochs = 2});
  rondo::save_weights("consumer.safetensors", model.weights());
}
