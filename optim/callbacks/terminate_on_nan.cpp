#include "rondo/optim/callbacks/terminate_on_nan.hpp"

#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/graph.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

/// What the tape of the first rank that has something says.
template <Real T>
std::string first_problem(Trainer<T>& trainer) {
  const std::string own = first_not_finite(trainer.tape()).value_or("");
  for (const std::string& text : trainer.communicator().gather(own)) {
    if (!text.empty()) {
      return text;
    }
  }
  return "none of the tape";
}

}  // namespace

template <Real T>
void TerminateOnNaN<T>::on_loss_not_finite(Trainer<T>& trainer, double loss) {
  const FitProgress& progress = trainer.progress();
  const std::string problem = fmt::format(
      "the loss is {} in epoch {}, batch {} (from 1); the first values that are not "
      "finite are {}",
      std::isnan(loss) ? "nan"
      : loss > 0.0     ? "inf"
                       : "-inf",
      progress.epoch + 1,
      progress.batch + 1,
      first_problem(trainer));
  if (options_.raise_error) {
    throw_state_error("TerminateOnNaN", problem);
  }
  if (trainer.communicator().is_first()) {
    detail::tell(options_.out, "[TerminateOnNaN] {}\n", problem);
  }
  trainer.stop();
}

template class TerminateOnNaN<float>;
template class TerminateOnNaN<double>;

}  // namespace rondo
