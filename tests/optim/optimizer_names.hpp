/// All optimizers by name, for what must hold for each of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/optim/make_optimizer.hpp"

namespace rondo::test {

inline const std::vector<std::string> optimizer_names{"SGD",
                                                      "RMSprop",
                                                      "Adam",
                                                      "AdamW",
                                                      "Adadelta",
                                                      "Adagrad",
                                                      "Adamax",
                                                      "Adafactor",
                                                      "Nadam",
                                                      "Ftrl",
                                                      "Lion",
                                                      "Lamb",
                                                      "Muon",
                                                      "ScheduleFreeAdamW"};

/// With decay, clipping, accumulation over two steps, averages and a schedule.
template <Real T>
std::unique_ptr<Optimizer<T>> make_busy_optimizer(const std::string& name) {
  const Config rate{
      {"class_name", "ExponentialDecay"},
      {"config", {{"initial_learning_rate", 0.1}, {"decay_steps", 10}, {"decay_rate", 0.5}}}};
  const Config options{{"learning_rate", rate},
                       {"weight_decay", 0.01},
                       {"global_clipnorm", 1.0},
                       {"use_ema", true},
                       {"loss_scale_factor", 2.0},
                       {"gradient_accumulation_steps", 2}};
  return make_optimizer<T>(Config{{"class_name", name}, {"config", options}});
}

}  // namespace rondo::test
