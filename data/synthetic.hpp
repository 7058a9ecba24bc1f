/// Problems made by a formula, which show whether a model remembers over many steps.
#pragma once

#include <cstddef>

#include "rondo/core/rng.hpp"
#include "rondo/core/tensor.hpp"

namespace rondo {

/// `auto [inputs, targets] = adding_problem<float>(..)`
template <Real T>
struct Samples {
  Tensor<T> inputs;
  Tensor<T> targets;
};

/// The adding problem: the sum of the two marked numbers of a sequence.
///
///   inputs[n, s, 0]  uniform in [0, 1)
///   inputs[n, s, 1]  1 at two steps, one in the first half [0, S/2), one in the rest; 0 elsewhere
///   targets[n, 0]    sum of inputs[n, s, 0] at the two steps
///
/// Answering 1 always has a mean squared error of 1/6 = 0.167, the variance of the sum.
/// Hochreiter and Schmidhuber 1997, "Long short-term memory", experiment 4, in the form of Le,
/// Jaitly and Hinton 2015, arXiv:1504.00941, and Arjovsky et al. 2016, arXiv:1511.06464.
///
/// @param steps  S >= 2
/// @return inputs [samples, S, 2], targets [samples, 1]
/// @throws ArgumentError if samples is 0 or steps < 2
template <Real T>
[[nodiscard]] Samples<T> adding_problem(std::size_t samples, std::size_t steps, Rng& rng);

struct CopyMemoryOptions {
  std::size_t delay = 0;    // D > 0
  std::size_t length = 10;  // L > 0, symbols to remember
  std::size_t symbols = 8;  // K > 0
};

/// The copy memory problem: repeat the first symbols of a sequence after a delay.
///
/// Symbols are 0 .. K-1, K is blank, K+1 is the signal to answer. A sequence has S = D + 2L steps:
///
///   step     0 .. L-1     L .. L+D-2   L+D-1    L+D .. D+2L-1
///   input    L symbols    K (blank)    K+1      K (blank)
///   target   K (blank)    K (blank)    K        the L symbols
///
/// Remembering nothing has a cross-entropy of L ln(K) / S per step.
/// Arjovsky, Shah and Bengio 2016, "Unitary evolution recurrent neural networks", arXiv:1511.06464,
/// with L = 10, K = 8 and their T = D.
///
/// @return inputs [samples, S, K + 2], one-hot; targets [samples, S], class numbers in [0, K]
/// @throws ArgumentError if samples or an option is 0
template <Real T>
[[nodiscard]] Samples<T> copy_memory(std::size_t samples,
                                     const CopyMemoryOptions& options,
                                     Rng& rng);

}  // namespace rondo
