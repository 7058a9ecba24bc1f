#include "rondo/optim/callbacks/learning_rate_scheduler.hpp"

#include <utility>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

template <Real T>
LearningRateScheduler<T>::LearningRateScheduler(std::function<double(std::size_t, double)> schedule)
    : schedule_(std::move(schedule)) {
  if (!schedule_) {
    throw_argument_error("LearningRateScheduler", "there is no schedule");
  }
}

template <Real T>
void LearningRateScheduler<T>::on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) {
  const double rate = schedule_(epoch, trainer.optimizer().learning_rate());
  detail::check_not_negative("LearningRateScheduler", "the rate of the schedule", rate);
  trainer.optimizer().set_learning_rate(rate);
}

template <Real T>
void LearningRateScheduler<T>::on_epoch_end(Trainer<T>& trainer, std::size_t, Logs& logs) {
  logs.set("learning_rate", trainer.optimizer().learning_rate());
}

template class LearningRateScheduler<float>;
template class LearningRateScheduler<double>;

}  // namespace rondo
