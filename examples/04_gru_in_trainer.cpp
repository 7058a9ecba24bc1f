// A GRU that learns the monthly airline passengers of 1949 to 1960, one month ahead, in `Trainer`.
#include <cmath>
#include <cstdio>

#include "rondo/rondo.hpp"
#include "steps.hpp"

int main(int argc, char** argv) {
  using namespace rondo;
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 200));
  constexpr std::size_t window = 12, train_months = 108;

  // The scaler sees the training part only; logarithms turn the growing swings into even ones.
  const CsvTable table = read_csv(RONDO_SETS "/airline_passengers.csv");
  Tensor<float> series = table.column<float>("passengers");
  for (float& value : series.view()) {
    value = std::log(value);
  }
  const std::size_t months = series.size();
  StandardScaler<float> scaler;
  scaler.fit(TensorView<const float>(series.data(), {train_months, 1}));
  const Tensor<float> scaled =
      scaler.transform(TensorView<const float>(series.data(), {months, 1}));

  const auto part = [&](std::size_t first, std::size_t last) {
    return WindowDataset<float>(TensorView<const float>(scaled.data() + first, {last - first, 1}),
                                {.window = window});
  };
  const auto train = part(0, train_months);
  const auto test = part(train_months - window, months);

  Sequential model{GRU{{.units = 24}}, Dense{{.units = 1}}};
  Adam optimizer{{.learning_rate = 5e-3}};
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.fit(train, {.epochs = epochs, .batch_size = 16, .seed = 1});
  std::printf("%s\n", model.summary().c_str());

  // Errors in passengers (thousands), for the last three years.
  const Tensor<float> predicted = trainer.predict(test);
  const auto passengers = [&](float value) { return std::exp(scaler.inverse_transform(value, 0)); };
  double gru = 0.0, persistence = 0.0, seasonal = 0.0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const std::size_t month = train_months + i;
    const double actual = std::exp(series.data()[month]);
    gru += std::pow(passengers(predicted.data()[i]) - actual, 2);
    persistence += std::pow(std::exp(series.data()[month - 1]) - actual, 2);
    seasonal += std::pow(std::exp(series.data()[month - 12]) - actual, 2);
  }
  const auto rmse = [&](double sum) { return std::sqrt(sum / static_cast<double>(test.size())); };
  std::printf(
      "test RMSE, thousand passengers: GRU %.1f, last month %.1f, same month last year %.1f\n",
      rmse(gru),
      rmse(persistence),
      rmse(seasonal));
}
