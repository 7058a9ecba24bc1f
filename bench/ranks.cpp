// What training on several ranks costs: the time of a step, and that of a sum over its length.
//
//   mpirun -n 2 rondo_bench_ranks step 32 100 64 128 8      N S F H, shards: none for whole batches, any for the free
//                                                          order
//   mpirun -n 2 rondo_bench_ranks sum                      microseconds of a sum over its bytes
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "rondo/core/threads.hpp"
#include "rondo/data/dataset.hpp"
#include "rondo/distributed/run_on_mpi.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/trainer.hpp"

using namespace rondo;

namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Milliseconds: the fastest of some steps behind the first two.
void measure_step(Communicator& ranks, const std::vector<std::string>& arguments) {
  std::size_t sizes[4];
  for (std::size_t i = 0; i < 4; ++i) {
    sizes[i] = std::strtoull(arguments.at(i + 1).c_str(), nullptr, 10);
  }
  const auto [n, steps, features, units] = sizes;
  const std::string& cut = arguments.at(5);
  const TensorDataset<float> data(Tensor<float>::full({n, steps, features}, 0.5F),
                                  Tensor<float>::full({n, 1}, 0.25F));
  Sequential<float> model{GRU<float>{{.units = units}}, Dense<float>{{.units = 1}}};
  Adam<float> optimizer{{}};
  Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
  std::vector<double> begins;
  trainer.add(LambdaCallback<float>(
      {.on_train_batch_begin = [&](auto&, std::size_t) { begins.push_back(seconds()); }}));
  FitOptions<float> options{
      .epochs = 1, .batch_size = n, .verbose = Verbosity::quiet, .steps_per_epoch = 9};
  if (cut != "none") {
    options.communicator = &ranks;
    options.sum_order = cut == "any" ? SumOrder::any : SumOrder::fixed;
  }
  if (cut != "none" && cut != "any") {
    options.shards = std::strtoull(cut.c_str(), nullptr, 10);
  }
  trainer.fit(data, options);
  double best = 1e9;
  for (std::size_t i = 3; i < begins.size(); ++i) {
    best = std::min(best, begins[i] - begins[i - 1]);
  }
  if (ranks.is_first()) {
    std::printf("%.3f\n", 1e3 * best);
  }
}

/// The fastest of many, in both orders.
void measure_sums(Communicator& ranks) {
  for (std::size_t bytes = 8; bytes <= (std::size_t{1} << 23); bytes *= 8) {
    std::vector<float> values(bytes / sizeof(float), 1.0F);
    double best[2] = {1e9, 1e9};
    for (int i = 0; i < 200; ++i) {
      const double begin = seconds();
      ranks.sum(std::span<float>(values));
      const double middle = seconds();
      ranks.sum_in_any_order(std::span<float>(values));
      best[0] = std::min(best[0], middle - begin);
      best[1] = std::min(best[1], seconds() - middle);
    }
    if (ranks.is_first()) {
      std::printf("%9zu bytes: fixed %.2f us, any %.2f us\n", bytes, 1e6 * best[0], 1e6 * best[1]);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  set_num_threads(1);
  return run_on_mpi([&](Communicator& ranks) {
    if (!arguments.empty() && arguments[0] == "sum") {
      measure_sums(ranks);
    } else {
      measure_step(ranks, arguments);
    }
    return 0;
  });
}
