/// `rondo forecast`: trains a GRU on a column of a CSV file and compares it with naive forecasts.
#pragma once

#include <cstdint>
#include <string>

namespace rondo::apps {

struct ForecastOptions {
  std::string csv = {};
  std::string column = {};
  /// How many values the model sees, and how far ahead it looks.
  std::size_t window = 48;
  std::size_t horizon = 12;
  std::size_t units = 32;
  std::size_t epochs = 60;
  std::size_t batch_size = 32;
  double learning_rate = 3e-3;
  /// Epochs without improvement on the validation part until training stops.
  int patience = 8;
  /// Period of the seasonal naive forecast; 0: the lag with the largest autocorrelation.
  std::size_t season = 0;
  std::uint64_t seed = 1;
  std::string out = "out/forecast";
  bool quiet = false;
};

/// @throws rondo::Error for input that cannot be used; nothing is written then
void forecast(const ForecastOptions& options);

}  // namespace rondo::apps
