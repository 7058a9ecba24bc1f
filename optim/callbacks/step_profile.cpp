#include "rondo/optim/callbacks/step_profile.hpp"

#include <fmt/format.h>

#include "rondo/core/graph.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

template <Real T>
bool StepProfile<T>::measures(const Trainer<T>& trainer, std::size_t batch) const {
  return batch == options_.batch && trainer.progress().epoch == trainer.plan().first_epoch;
}

template <Real T>
void StepProfile<T>::on_train_batch_begin(Trainer<T>& trainer, std::size_t batch) {
  if (measures(trainer, batch)) {
    trainer.tape().set_profile(true);
  }
}

template <Real T>
void StepProfile<T>::on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs&) {
  if (!measures(trainer, batch)) {
    return;
  }
  trainer.tape().set_profile(false);
  detail::tell(options_.out,
               "Step {} of epoch {}:\n{}\n{}",
               batch + 1,
               trainer.progress().epoch + 1,
               to_string(std::span<const OpProfile>(profile(trainer.tape()))),
               to_string(std::span<const GradientNorm>(gradient_norms(trainer.model().weights()))));
}

template class StepProfile<float>;
template class StepProfile<double>;

}  // namespace rondo
