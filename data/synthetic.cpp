#include "rondo/data/synthetic.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
Samples<T> adding_problem(std::size_t samples, std::size_t steps, Rng& rng) {
  if (samples == 0 || steps < 2) {
    throw_argument_error(
        "adding_problem",
        fmt::format("samples {} must be positive and steps {} at least 2", samples, steps));
  }
  Samples<T> result{Tensor<T>::zeros({samples, steps, 2}), Tensor<T>({samples, 1})};
  const std::size_t half = steps / 2;
  for (std::size_t n = 0; n < samples; ++n) {
    T* const sequence = result.inputs.data() + n * steps * 2;
    for (std::size_t s = 0; s < steps; ++s) {
      sequence[2 * s] = static_cast<T>(rng.uniform());
    }
    const std::size_t first = rng.below(half);
    const std::size_t second = half + rng.below(steps - half);
    sequence[2 * first + 1] = T{1};
    sequence[2 * second + 1] = T{1};
    result.targets.data()[n] = sequence[2 * first] + sequence[2 * second];
  }
  return result;
}

template <Real T>
Samples<T> copy_memory(std::size_t samples, const CopyMemoryOptions& options, Rng& rng) {
  const auto [delay, length, symbols] = options;
  if (samples == 0 || delay == 0 || length == 0 || symbols == 0) {
    throw_argument_error(
        "copy_memory",
        fmt::format("samples {}, delay {}, length {} and symbols {} must be positive",
                    samples,
                    delay,
                    length,
                    symbols));
  }
  const std::size_t steps = delay + 2 * length, classes = symbols + 2, answer = delay + length;
  const auto blank = static_cast<T>(symbols);
  Samples<T> result{Tensor<T>::zeros({samples, steps, classes}),
                    Tensor<T>::full({samples, steps}, blank)};
  for (std::size_t n = 0; n < samples; ++n) {
    T* const targets = result.targets.data() + n * steps;
    for (std::size_t s = 0; s < steps; ++s) {
      std::size_t symbol = s == answer - 1 ? symbols + 1 : symbols;
      if (s < length) {
        symbol = rng.below(symbols);
        targets[answer + s] = static_cast<T>(symbol);
      }
      result.inputs.data()[(n * steps + s) * classes + symbol] = T{1};
    }
  }
  return result;
}

#define RONDO_INSTANTIATE(T)                                             \
  template Samples<T> adding_problem<T>(std::size_t, std::size_t, Rng&); \
  template Samples<T> copy_memory<T>(std::size_t, const CopyMemoryOptions&, Rng&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
