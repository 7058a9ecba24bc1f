// A long run takes no more memory than a short one.
#include <fstream>
#include <string>
#include <unistd.h>

#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace endurance_test {

using namespace rondo;

namespace {

/// Of this process, in bytes.
std::size_t resident() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t arena_bytes(const Tape<float>& tape) {
  return tape.values().bytes_reserved() + tape.gradients().bytes_reserved();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_endurance_slow)

// 100 epochs of 100 steps with history, CSV, metric and validation.
BOOST_AUTO_TEST_CASE(ten_thousand_steps_take_no_more_memory_than_one_thousand) {
  const test::TempFolder folder;
  const TensorDataset<float> data(test::random_tensor<float>({400, 4, 2}, 1),
                                  test::random_tensor<float>({400, 1}, 2));
  const TensorDataset<float> validation(test::random_tensor<float>({8, 4, 2}, 3),
                                        test::random_tensor<float>({8, 1}, 4));
  Sequential model{GRU{{.units = 4, .dropout = 0.1}}, Dense{{.units = 1}}};
  Adam optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  std::size_t arenas = 0;
  std::size_t memory = 0;
  trainer.add_metric(test::AbsoluteError<float>());
  trainer.add(CSVLogger<float>({.filename = folder / "log.csv"}));
  trainer.add(LambdaCallback<float>({.on_epoch_begin = [&](auto& t, std::size_t epoch) {
    if (epoch == 10) {
      arenas = arena_bytes(t.tape());
      memory = resident();
    }
  }}));
  trainer.fit(data,
              {.epochs = 100,
               .batch_size = 4,
               .verbose = Verbosity::quiet,
               .validation_data = &validation});
  BOOST_TEST(optimizer.iterations() == 10000U);
  BOOST_TEST(arena_bytes(trainer.tape()) == arenas);
  BOOST_TEST(resident() < memory + (std::size_t{1} << 20));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace endurance_test
