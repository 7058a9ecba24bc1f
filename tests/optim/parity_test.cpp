// The numbers that Keras gives for the same options, from tests/parity/cases.
#include <fstream>
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

// Twenty steps of a GRU and a Dense layer in Trainer: loss before each step, weights, prediction.
BOOST_AUTO_TEST_CASE(training_of_a_gru) {
  const Json test_case = read_case("training/train_gru_dense_adam");
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
