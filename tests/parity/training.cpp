#include "rondo/tests/parity/training.hpp"

#include <map>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "rondo/data/dataset.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/tests/parity/keras_options.hpp"

namespace rondo::parity {

namespace {

constexpr Dialect keras{};

/// Keras' names of losses with their default arguments.
template <Real T>
Loss<T> loss_by_name(const std::string& name) {
  using Predictions = const Variable<T>&;
  using Targets = TensorView<const T>;
  static const std::map<std::string, Loss<T>> losses{
      {"mse", mean_squared_error<T>},
      {"mean_squared_error", mean_squared_error<T>},
      {"mae", mean_absolute_error<T>},
      {"mean_absolute_error", mean_absolute_error<T>},
      {"huber", [](Predictions p, Targets y) { return huber(p, y); }},
      {"binary_crossentropy", [](Predictions p, Targets y) { return binary_crossentropy(p, y); }},
      {"categorical_crossentropy",
       [](Predictions p, Targets y) { return categorical_crossentropy(p, y); }},
      {"sparse_categorical_crossentropy",
       [](Predictions p, Targets y) { return sparse_categorical_crossentropy(p, y); }}};
  const auto found = losses.find(name);
  if (found == losses.end()) {
    throw CaseError(fmt::format("loss '{}' is not supported", name));
  }
  return found->second;
}

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

/// What all optimizers have.
template <class Options>
void read_common(OptionReader& reader, Options& o) {
  reader.ignore("class_name");
  reader.read<double>("learning_rate", [&](double rate) { o.learning_rate = rate; });
  reader.read("weight_decay", o.weight_decay);
  reader.read("clipnorm", o.clipnorm);
  reader.read("clipvalue", o.clipvalue);
  reader.read("global_clipnorm", o.global_clipnorm);
}

/// Adam and AdamW have the same options.
template <class Optimizer, class Options>
std::unique_ptr<Optimizer> make_adam(OptionReader& reader, Options o) {
  read_common(reader, o);
  reader.read("beta_1", o.beta_1);
  reader.read("beta_2", o.beta_2);
  reader.read("epsilon", o.epsilon);
  reader.read("amsgrad", o.amsgrad);
  reader.finish();
  return std::make_unique<Optimizer>(o);
}

template <Real T>
std::unique_ptr<Optimizer<T>> make_optimizer(const Json& options) {
  OptionReader reader(options, "optimizer");
  const std::string name = options.at("class_name");
  if (name == "Adam") {
    return make_adam<Adam<T>>(reader, AdamOptions{});
  }
  if (name == "AdamW") {
    return make_adam<AdamW<T>>(reader, AdamWOptions{});
  }
  if (name == "SGD") {
    SGDOptions o;
    read_common(reader, o);
    reader.read("momentum", o.momentum);
    reader.read("nesterov", o.nesterov);
    reader.finish();
    return std::make_unique<SGD<T>>(o);
  }
  if (name == "RMSprop") {
    RMSpropOptions o;
    read_common(reader, o);
    reader.read("rho", o.rho);
    reader.read("momentum", o.momentum);
    reader.read("epsilon", o.epsilon);
    reader.read("centered", o.centered);
    reader.finish();
    return std::make_unique<RMSprop<T>>(o);
  }
  throw CaseError(fmt::format("optimizer '{}' is not supported", name));
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

  const auto optimizer = make_optimizer<T>(run.optimizer);
  std::vector<T> losses;
  Trainer<T> trainer(model, loss_by_name<T>(run.loss), *optimizer);
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
