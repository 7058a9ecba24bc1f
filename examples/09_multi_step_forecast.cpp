// The next twelve months of airline passengers at once, from the last twelve and the calendar of
// those to come. What is learned is the growth over the same month of the year before.
#include <cmath>
#include <cstdio>
#include <numbers>

#include <xtensor-blas/xlinalg.hpp>

#include "rondo/core/xtensor.hpp"
#include "rondo/rondo.hpp"
#include "steps.hpp"

namespace {

using namespace rondo;
using Array = xt::xarray<double>;

// 1949 to 1955 train, 1956 and 1957 validate (options and early stopping), 1958 to 1960 test: all
// twelve months of a forecast lie in the same part. The first one possible is for 1951.
constexpr std::size_t year = 12;
constexpr std::size_t validation_begin = 5 * year, test_begin = 7 * year;  // months after 1950

/// Row i: twelve values from i + first on. @return [rows, 12]
Array years_of(const Array& values, std::size_t first, std::size_t rows) {
  Array result = xt::zeros<double>({rows, year});
  for (std::size_t k = 0; k < year; ++k) {
    xt::col(result, k) = xt::view(values, xt::range(first + k, first + k + rows));
  }
  return result;
}

/// Least squares from the growth of twelve months and the calendar of the next one.
Array linear_regression(const Array& series, std::size_t rows) {
  constexpr std::size_t training = validation_begin - year + 1;
  const Array growth = xt::col(series, 0);
  const Array calendar = xt::view(series, xt::range(0, rows), xt::range(1, 3));
  const Array window = years_of(growth, 0, rows);
  const Array ones = xt::ones<double>({rows, std::size_t{1}});
  const Array a = xt::concatenate(xt::xtuple(window, calendar, ones), 1);
  const Array known = xt::view(a, xt::range(0, training));
  const Array targets = years_of(growth, year, training);
  return xt::linalg::dot(a, std::get<0>(xt::linalg::lstsq(known, targets)));
}

void report(const std::string& name, const Array& forecasts, const Array& actual) {
  const Array errors = xt::view(forecasts - actual, xt::range(test_begin, xt::placeholders::_));
  const Array shares = errors / xt::view(actual, xt::range(test_begin, xt::placeholders::_));
  const double rmse = std::sqrt(xt::mean(xt::square(errors))()), mape = xt::mean(xt::abs(shares))();
  std::printf("%-20s  RMSE %5.1f thousand, MAPE %4.1f %%\n", name.c_str(), rmse, 100.0 * mape);
}

}  // namespace

int main(int argc, char** argv) {
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 2000));
  const CsvTable table = read_csv(RONDO_SETS "/airline_passengers.csv");
  const Array passengers = table.column<double>("passengers").array();
  const std::size_t months = passengers.size() - year, forecasts = months - 2 * year + 1;

  // Columns: growth on the scale of logarithms, and the month as a point on a circle.
  const Array angle = std::numbers::pi / 6.0 * xt::arange(0.0, static_cast<double>(months));
  Array series = xt::zeros<double>({months, std::size_t{3}});
  xt::col(series, 0) = xt::log(xt::view(passengers, xt::range(year, year + months)) /
                               xt::view(passengers, xt::range(0, months)));
  xt::col(series, 1) = xt::sin(angle);
  xt::col(series, 2) = xt::cos(angle);
  const Tensor<float> columns(xt::cast<float>(series));
  StandardScaler<float> scaler;
  scaler.fit(TensorView<const float>(columns.data(), {validation_begin + year, 3}));
  const WindowDataset<float> windows(scaler.transform(columns),
                                     {.window = year,
                                      .horizon = year,
                                      .sequence_target = true,
                                      .input_columns = {0},
                                      .future_columns = {1, 2},
                                      .future_as = FutureColumns::features});
  const Subset<float> train(windows, 0, validation_begin - year + 1);
  const Subset<float> valid(windows, validation_begin, test_begin - validation_begin - year + 1);

  const Array actual = years_of(passengers, 2 * year, forecasts);
  const Array year_before = years_of(passengers, year, forecasts);
  report("last month", xt::view(year_before, xt::all(), xt::range(year - 1, year)), actual);
  report("same month last year", year_before, actual);
  report("linear regression", year_before * xt::exp(linear_regression(series, forecasts)), actual);
  for (const std::uint64_t seed : {1, 2, 3}) {
    Sequential model{GRU{{.units = 24, .dropout = 0.3}}, Dense{{.units = year}}};
    Adam optimizer{{.learning_rate = 1e-3}};
    Trainer trainer{model, mean_squared_error<float>, optimizer};
    trainer.add(EarlyStopping{{.patience = 50, .restore_best_weights = true}});
    trainer.fit(train,
                {.epochs = epochs,
                 .batch_size = 16,
                 .verbose = Verbosity::quiet,
                 .validation_data = &valid,
                 .seed = seed});
    const Tensor<float> growth = scaler.inverse_transform(trainer.predict(windows), 0);
    report("GRU, seed " + std::to_string(seed), year_before * xt::exp(growth.array()), actual);
  }
}
