#include "rondo/optim/callbacks/swap_ema_weights.hpp"

#include "rondo/optim/trainer.hpp"

namespace rondo {

template <Real T>
void SwapEMAWeights<T>::swap(Trainer<T>& trainer) {
  if (trainer.optimizer().iterations() > 0) {
    trainer.optimizer().swap_averages();
    swapped_ = true;
  }
}

template <Real T>
void SwapEMAWeights<T>::swap_back(Trainer<T>& trainer) {
  if (swapped_) {
    trainer.optimizer().swap_averages();
    swapped_ = false;
  }
}

template class SwapEMAWeights<float>;
template class SwapEMAWeights<double>;

}  // namespace rondo
