// The numbers that Keras gives for the same options, from tests/parity/cases.
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "rondo/core/ops.hpp"
#include "rondo/data/dataset.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/support.hpp"

using namespace rondo;
using test::check_close;
using Json = nlohmann::json;

namespace {

Json read_case(const std::string& name) {
  std::ifstream in("tests/parity/cases/" + name + ".json");
  BOOST_REQUIRE_MESSAGE(in.good(), "the case " << name << " cannot be read");
  return Json::parse(in);
}

/// The numbers of a nested list.
std::vector<double> flat(const Json& array) {
  if (!array.is_array()) {
    return {array.get<double>()};
  }
  std::vector<double> result;
  for (const Json& part : array) {
    const auto values = flat(part);
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

Shape shape_of(const Json& array) {
  Shape shape;
  for (const Json* part = &array; part->is_array(); part = &part->front()) {
    shape.append(part->size());
  }
  return shape;
}

Tensor<double> tensor_of(const Json& array) {
  return Tensor<double>::from_values(shape_of(array), flat(array));
}

/// The schedule of a case under Keras' names.
std::function<double(std::uint64_t)> make_schedule(const std::string& type, const Json& o) {
  if (type == "ExponentialDecay") {
    return ExponentialDecay({.initial_learning_rate = o.at("initial_learning_rate"),
                             .decay_steps = o.at("decay_steps"),
                             .decay_rate = o.at("decay_rate"),
                             .staircase = o.value("staircase", false)});
  }
  if (type == "InverseTimeDecay") {
    return InverseTimeDecay({.initial_learning_rate = o.at("initial_learning_rate"),
                             .decay_steps = o.at("decay_steps"),
                             .decay_rate = o.at("decay_rate")});
  }
  if (type == "PiecewiseConstantDecay") {
    return PiecewiseConstantDecay({.boundaries = o.at("boundaries"), .values = o.at("values")});
  }
  if (type == "PolynomialDecay") {
    return PolynomialDecay({.initial_learning_rate = o.at("initial_learning_rate"),
                            .decay_steps = o.at("decay_steps"),
                            .end_learning_rate = o.at("end_learning_rate"),
                            .power = o.at("power"),
                            .cycle = o.at("cycle")});
  }
  if (type == "CosineDecay") {
    return CosineDecay({.initial_learning_rate = o.at("initial_learning_rate"),
                        .decay_steps = o.at("decay_steps"),
                        .alpha = o.at("alpha"),
                        .warmup_target = o.at("warmup_target").get<double>(),
                        .warmup_steps = o.at("warmup_steps")});
  }
  BOOST_REQUIRE_EQUAL(type, "CosineDecayRestarts");
  return CosineDecayRestarts({.initial_learning_rate = o.at("initial_learning_rate"),
                              .first_decay_steps = o.at("first_decay_steps"),
                              .t_mul = o.at("t_mul"),
                              .m_mul = o.at("m_mul"),
                              .alpha = o.at("alpha")});
}

/// Keeps the loss of every batch.
class LossRecorder : public Callback<double> {
 public:
  explicit LossRecorder(std::vector<double>& losses) : losses_(&losses) {}

  void on_train_batch_end(Trainer<double>&, std::size_t, const Logs& logs) override {
    losses_->push_back(logs.at("loss"));
  }

 private:
  std::vector<double>* losses_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_parity)

BOOST_AUTO_TEST_CASE(adam_with_weight_decay_and_global_clipnorm) {
  const Json test_case = read_case("opt_adam_wd_globalclip");
  const Json& options = test_case.at("options");
  const Json& initial = test_case.at("initial");
  Parameter<double> first("first", tensor_of(initial[0]));
  Parameter<double> second("second", tensor_of(initial[1]));
  Adam<double> optimizer({.learning_rate = options.at("learning_rate").get<double>(),
                          .weight_decay = options.at("weight_decay").get<double>(),
                          .global_clipnorm = options.at("global_clipnorm").get<double>()});
  optimizer.build({&first, &second});
  for (std::size_t step = 0; step < test_case.at("gradients").size(); ++step) {
    test::set_gradient(first, flat(test_case["gradients"][step][0]));
    test::set_gradient(second, flat(test_case["gradients"][step][1]));
    optimizer.step();
    const Json& expected = test_case.at("trajectory")[step];
    check_close(first.value(), flat(expected[0]), test_case.at("tolerance"));
    check_close(second.value(), flat(expected[1]), test_case.at("tolerance"));
  }
}

BOOST_AUTO_TEST_CASE(schedules) {
  const Json test_case = read_case("schedules");
  for (const auto& [name, entry] : test_case.at("schedules").items()) {
    BOOST_TEST_CONTEXT(name) {
      const auto schedule = make_schedule(entry.at("class_name"), entry.at("options"));
      std::vector<double> found;
      for (const Json& step : test_case.at("steps")) {
        found.push_back(schedule(step.get<std::uint64_t>()));
      }
      check_close(
          std::span<const double>(found), flat(entry.at("values")), test_case.at("tolerance"));
    }
  }
}

// Twenty steps of a GRU and a Dense layer in Trainer: loss before each step, weights, prediction.
BOOST_AUTO_TEST_CASE(training_of_a_gru) {
  const Json test_case = read_case("train_gru_dense_adam");
  const Json& options = test_case.at("options");
  const double tolerance = test_case.at("tolerance");
  const TensorDataset<double> data(tensor_of(test_case.at("x")), tensor_of(test_case.at("y")));

  Sequential model{GRU<double>{{.units = options.at("gru").at("units")}},
                   Dense<double>{{.units = options.at("dense").at("units")}}};
  model.build(data.layout().inputs);
  const std::vector<std::string> names{
      "gru/kernel", "gru/recurrent_kernel", "gru/bias", "dense/kernel", "dense/bias"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    model.weights()[i]->assign(tensor_of(test_case.at("initial_weights").at(names[i])));
  }
  Adam<double> optimizer(
      {.learning_rate = options.at("optimizer").at("learning_rate").get<double>()});
  std::vector<double> losses;
  Trainer trainer{model, mean_squared_error<double>, optimizer};
  trainer.add(LossRecorder(losses));
  trainer.fit(data,
              {.epochs = options.at("steps"),
               .batch_size = data.size(),
               .verbose = Verbosity::quiet,
               .shuffle = false});

  check_close(std::span<const double>(losses), flat(test_case.at("loss_per_step")), tolerance);
  for (std::size_t i = 0; i < names.size(); ++i) {
    check_close(
        model.weights()[i]->value(), flat(test_case.at("final_weights").at(names[i])), tolerance);
  }
  check_close(trainer.predict(data), flat(test_case.at("final_prediction")), tolerance);
}

BOOST_AUTO_TEST_SUITE_END()
