/// A built model in a trainer, for tests of callbacks.
#pragma once

#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace rondo::test {

/// Its rate is 1.
struct CallbackRun {
  TensorDataset<float> data = line<float>(6);
  Dense<float> model{{.units = 1}};
  SGD<float> optimizer{{.learning_rate = 1.0}};
  Trainer<float> trainer{model, mean_squared_error<float>, optimizer};

  CallbackRun() {
    model.build({2});
    optimizer.build(model.weights());
  }

  History fit(FitOptions<float> options) {
    options.verbose = Verbosity::quiet;
    return trainer.fit(data, options);
  }
};

}  // namespace rondo::test
