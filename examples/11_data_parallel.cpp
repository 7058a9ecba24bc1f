// One model on several processes: `mpirun -n 4 example_11_data_parallel`. Batches are cut in 8 shards, so
// the weights at the end are the same bits with 1, 2, 4 and 8 of them. Without MPI four threads stand in
// for the processes.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "rondo/rondo.hpp"
#include "steps.hpp"
#if defined(RONDO_EXAMPLE_MPI)
#include "rondo/distributed/run_on_mpi.hpp"
#endif

namespace {

using namespace rondo;

/// A number that changes with every bit of the weights.
std::uint64_t hash_of(const Layer<float>& model) {
  std::uint64_t hash = 0;
  for (const Parameter<float>* weight : model.weights()) {
    for (const float value : weight->value()) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      hash = hash * 1099511628211U + bits;
    }
  }
  return hash;
}

/// What each rank does.
void train(Communicator& ranks, std::size_t epochs) {
  Rng rng(1);
  auto [inputs, targets] = adding_problem<float>(1000, 30, rng);
  const TensorDataset<float> data(std::move(inputs), std::move(targets));

  Sequential model{GRU{{.units = 32, .recurrent_dropout = 0.1}}, Dense{{.units = 1}}};
  Adam optimizer{{.learning_rate = 5e-3, .global_clipnorm = 1.0}};
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(EarlyStopping{{.patience = 10, .restore_best_weights = true}});
  trainer.fit(data,
              {.epochs = epochs,
               .batch_size = 64,
               .validation_split = 0.2,
               .seed = 5,
               .communicator = &ranks,
               .shards = 8});
  if (ranks.is_first()) {
    std::printf("%zu ranks, weights %016llx\n",
                ranks.size(),
                static_cast<unsigned long long>(hash_of(model)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 20));
#if defined(RONDO_EXAMPLE_MPI)
  return run_on_mpi([&](Communicator& ranks) {
    train(ranks, epochs);
    return 0;
  });
#else
  run_on_threads(4, [&](Communicator& ranks) { train(ranks, epochs); });
#endif
}
