#include "rondo/timeseries/season.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace rondo {

namespace {

using Complex = std::complex<double>;

/// In place, by Cooley and Tukey. @param x  its size is a power of two
void fourier_transform(std::vector<Complex>& x) {
  const std::size_t n = x.size();
  std::vector<Complex> turns(n / 2);
  for (std::size_t k = 0; k < turns.size(); ++k) {
    turns[k] =
        std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
  }
  for (std::size_t i = 1, reversed = 0; i < n; ++i) {
    std::size_t bit = n / 2;
    for (; (reversed & bit) != 0; bit /= 2) {
      reversed ^= bit;
    }
    reversed ^= bit;
    if (i < reversed) {
      std::swap(x[i], x[reversed]);
    }
  }
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t begin = 0; begin < n; begin += 2 * half) {
      for (std::size_t k = begin; k < begin + half; ++k) {
        const Complex odd = turns[(k - begin) * (n / 2 / half)] * x[k + half];
        x[k + half] = x[k] - odd;
        x[k] += odd;
      }
    }
  }
}

/// At all lags, sums of n - lag products over the sum of squares. NaN if all values are 0.
std::vector<double> autocorrelation(std::span<const double> series) {
  std::vector<Complex> x(std::bit_ceil(2 * series.size()));
  std::copy(series.begin(), series.end(), x.begin());
  fourier_transform(x);
  std::transform(x.begin(), x.end(), x.begin(), [](Complex value) { return std::norm(value); });
  fourier_transform(x);  // of what is real and even: its own inverse but for a factor
  std::vector<double> result(series.size());
  std::transform(x.begin(),
                 x.begin() + static_cast<std::ptrdiff_t>(result.size()),
                 result.begin(),
                 [&](Complex sum) { return sum.real() / x[0].real(); });
  return result;
}

/// Without the straight line of least squares, divided by the largest value.
std::vector<double> detrended(std::span<const double> series) {
  double largest = 0.0;
  for (const double value : series) {
    largest = std::max(largest, std::abs(value));
  }
  const auto n = static_cast<double>(series.size());
  const double middle = (n - 1.0) / 2.0;
  std::vector<double> result;
  double mean = 0.0, slope = 0.0;
  for (const double value : series) {
    const double time = static_cast<double>(result.size()) - middle;
    result.push_back(value / largest);
    mean += result.back() / n;
    slope += result.back() * time / (n * (n * n - 1.0) / 12.0);
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] -= mean + slope * (static_cast<double>(i) - middle);
  }
  return result;
}

struct Peak {
  std::size_t lag;
  double height;
};

/// How far the autocorrelation at one and two periods lies above that between the periods. A trend
/// that is left, and a multiple of the true period, have a height of about 0.
double height_at(std::span<const double> r, std::size_t lag) {
  const auto between = [&](std::size_t halves) {
    return (r[halves * lag / 2] + r[(halves * lag + 1) / 2]) / 2.0;
  };
  return (r[lag] + r[2 * lag] - between(3) - (between(1) + between(5)) / 2.0) / 2.0;
}

/// The highest lag of each stretch where height and autocorrelation are positive, if it is higher
/// than chance explains: by more than one standard deviation above what the largest of as many
/// normal numbers reaches.
std::vector<Peak> peaks(std::span<const double> r, std::size_t shortest) {
  const auto n = static_cast<double>(r.size());
  const double bound = std::sqrt(2.0 * std::log(n / 3.0)) + 1.0;
  std::vector<Peak> result;
  double squares = 1.0;  // Bartlett: n times the variance of r behind the lags that count
  bool inside = false;
  for (std::size_t lag = 1; lag <= r.size() / 3; ++lag) {
    if (lag % 2 == 0) {
      squares += 2.0 * r[lag / 2] * r[lag / 2];
    }
    const double height = lag < shortest ? 0.0 : height_at(r, lag);
    const double deviation = std::sqrt(0.875 * squares / n);  // of the weighted sum of five
    const bool stands_out = r[lag] > 0.0 && height > 0.0;
    if (stands_out && height > bound * deviation) {
      if (!inside) {
        result.push_back({lag, height});
      } else if (height > result.back().height) {
        result.back() = {lag, height};
      }
      inside = true;
    }
    inside = inside && stands_out;
  }
  return result;
}

std::optional<std::size_t> first_high_peak(std::span<const double> series, std::size_t shortest) {
  const std::vector<double> r = autocorrelation(series);
  const std::vector<Peak> found = peaks(r, shortest);
  double best = 0.0;
  for (const Peak& peak : found) {
    best = std::max(best, r[peak.lag]);
  }
  // As good as the best, but for chance: three days are no better a period than one.
  const double enough = 0.9 * best - 2.0 / std::sqrt(static_cast<double>(series.size()));
  const auto first = std::ranges::find_if(found, [&](Peak peak) { return r[peak.lag] >= enough; });
  return first == found.end() ? std::nullopt : std::optional(first->lag);
}

}  // namespace

std::optional<std::size_t> find_period(std::span<const double> series) {
  if (series.size() < 6) {
    return std::nullopt;  // not three times the shortest period
  }
  const std::vector<double> level = detrended(series);
  if (const auto period = first_high_peak(level, 2)) {
    return period;
  }
  // A series that wanders hides its period in the level, not in its steps. Those of pure chance
  // alternate, so that lags of 2 and 3 prove nothing.
  std::vector<double> steps(level.size() - 1);
  std::transform(
      level.begin() + 1, level.end(), level.begin(), steps.begin(), std::minus<double>());
  return first_high_peak(steps, 4);
}

}  // namespace rondo
