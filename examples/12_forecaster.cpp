// The next twelve months of airline passengers with bands, after a test on the last two years
// beside methods without a network. What is learnt is the departure from the same month last year.
#include <cstdio>

#include "rondo/rondo.hpp"
#include "steps.hpp"

int main(int argc, char** argv) {
  using namespace rondo;
  const auto epochs = static_cast<std::size_t>(steps_from(argc, argv, 300));
  constexpr std::size_t year = 12, median = 1;
  const CsvTable table = read_csv(RONDO_SETS "/airline_passengers.csv");
  const Panel panel{.columns = {.targets = {"passengers"}},
                    .step = {TimeUnit::months, 1},
                    .series = {{.begin = -662688000,  // 1949-01 in seconds since 1970
                                .targets = table.columns<double>({"passengers"})}}};
  const std::vector<double> passengers = filled_target(panel.series[0]);

  Forecaster forecaster({.window = year,
                         .horizon = year,
                         .units = {16},
                         .dropout = 0.2,
                         .log = true,
                         .season = year,
                         .epochs = epochs,
                         .batch_size = 16,
                         .learning_rate = 3e-3,
                         .validation_split = 0.0,
                         .seed = 1});
  for (const std::size_t rows : rolling_origins(passengers.size(), {.horizon = year, .folds = 2})) {
    const std::span<const double> history(passengers.data(), passengers.size() - rows);
    const std::span<const double> actual(history.data() + history.size(), year);
    const Panel known = without_last(panel, rows);
    forecaster.fit(known);
    std::vector<double> found;
    const Forecast forecast = forecaster.forecast(known)[0];
    for (std::size_t h = 0; h < year; ++h) {
      found.push_back(forecast.quantiles.data()[h * 3 + median]);
    }
    std::printf("from %s: same month last year %.1f, Holt-Winters %.1f, GRU %.1f thousand off\n",
                to_string(forecast.begin, panel.step).c_str(),
                forecast_mae(seasonal_naive_forecast(history, year, year), actual),
                forecast_mae(HoltWinters(history, year).forecast(year), actual),
                forecast_mae(found, actual));
  }
  forecaster.fit(panel);
  const Forecast next = forecaster.forecast(panel)[0];
  for (std::size_t h = 0; h < year; ++h) {
    const double* const q = next.quantiles.data() + h * 3;
    std::printf("%s  %4.0f (%4.0f to %4.0f)\n",
                to_string(advance(next.begin, panel.step, static_cast<std::int64_t>(h)), panel.step)
                    .c_str(),
                q[median],
                q[0],
                q[2]);
  }
}
