#include "rondo/tests/parity/training.hpp"

#include <vector>

#include <fmt/format.h>

#include "rondo/data/dataset.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/tests/parity/keras_options.hpp"
#include "rondo/tests/parity/optimizers.hpp"

namespace rondo::parity {

namespace {

constexpr Dialect keras{};

DenseOptions dense_options(const Json& options) {
  DenseOptions result;
  OptionReader reader(options, "dense");
  reader.read("units", result.units);
  reader.read("activation", result.activation);
  reader.read("use_bias", result.use_bias);
  reader.read("kernel_regularizer", result.kernel_regularizer);
  reader.read("bias_regularizer", result.bias_regularizer);
  reader.read("activity_regularizer", result.activity_regularizer);
  reader.read("kernel_constraint", result.kernel_constraint);
  reader.read("bias_constraint", result.bias_constraint);
  reader.finish();
  return result;
}

template <Real T>
void add_layers(Sequential<T>& model, const Json& options) {
  Json gru = options.at("gru");
  const Json masking_value = gru.value("masking_value", Json());
  gru.erase("masking_value");
  if (!masking_value.is_null()) {
    model.add(Masking<T>({.mask_value = masking_value.get<double>()}));
  }
  model.add(GRU<T>(gru_options(gru, keras)));
  model.add(Dense<T>(dense_options(options.at("dense"))));
}

/// `gru/gru_cell/kernel` or, as the cases may write, `gru/kernel`.
std::string short_path(const std::string& path) {
  const std::size_t first = path.find('/');
  const std::size_t last = path.rfind('/');
  return path.substr(0, first) + path.substr(last);
}

const Json& find_weight(const Json& weights, const std::string& path) {
  const auto full = weights.find(path);
  const auto found = full != weights.end() ? full : weights.find(short_path(path));
  if (found == weights.end()) {
    throw CaseError(fmt::format("weight {} is missing", path));
  }
  return *found;
}

/// Keeps the loss of every batch.
template <Real T>
class LossRecorder : public Callback<T> {
 public:
  explicit LossRecorder(std::vector<T>& losses) : losses_(&losses) {}

  void on_train_batch_end(Trainer<T>&, std::size_t, const Logs& logs) override {
    losses_->push_back(static_cast<T>(logs.at("loss")));
  }

 private:
  std::vector<T>* losses_;
};

/// Everything in the options that is not a layer.
struct Run {
  std::string loss;
  Json optimizer;
  std::size_t steps = 0;
};

Run read_run(const Json& options) {
  Run result;
  OptionReader reader(options, "training");
  reader.ignore("gru");
  reader.ignore("dense");
  reader.read("loss", result.loss);
  reader.read("optimizer", result.optimizer);
  reader.read("steps", result.steps);
  reader.read<std::string>("batch", [](const std::string& batch) {
    if (batch != "full, no shuffle") {
      throw CaseError(fmt::format("batch '{}' is not supported", batch));
    }
  });
  reader.finish();
  return result;
}

}  // namespace

template <Real T>
void run_training(const Json& test_case, Comparison& comparison) {
  if (test_case.at("system") != "keras") {
    throw CaseError("training is compared with keras only");
  }
  const Json& options = test_case.at("options");
  const Run run = read_run(options);
  const TensorDataset<T> data(to_tensor<T>(test_case.at("x")), to_tensor<T>(test_case.at("y")));
  Sequential<T> model;
  add_layers(model, options);
  model.build(data.layout().inputs);
  const Json& initial = test_case.at("initial_weights");
  const auto weights = model.weights();
  if (weights.size() != initial.size()) {
    throw CaseError(fmt::format("{} weights for a model of {}", initial.size(), weights.size()));
  }
  for (Parameter<T>* weight : weights) {
    weight->assign(to_tensor<T>(find_weight(initial, weight->path())));
  }

  const auto optimizer = make_optimizer<T>(optimizer_config(run.optimizer));
  std::vector<T> losses;
  Trainer<T> trainer(model, make_loss<T>(run.loss), *optimizer);
  trainer.add(LossRecorder<T>(losses));
  trainer.fit(data,
              {.epochs = run.steps,
               .batch_size = data.size(),
               .verbose = Verbosity::quiet,
               .shuffle = false});

  comparison.values<T>("loss_per_step",
                       TensorView<const T>(losses.data(), Shape{losses.size()}),
                       test_case.at("loss_per_step"));
  for (const Parameter<T>* weight : weights) {
    comparison.values<T>(weight->path(),
                         weight->value(),
                         find_weight(test_case.at("final_weights"), weight->path()));
  }
  comparison.values<T>(
      "prediction", trainer.predict(data).view(), test_case.at("final_prediction"));
}

template void run_training<float>(const Json&, Comparison&);
template void run_training<double>(const Json&, Comparison&);

}  // namespace rondo::parity
