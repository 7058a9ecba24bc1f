#include "rondo/optim/adamw.hpp"

namespace rondo {

template <Real T>
AdamW<T>::AdamW(AdamWOptions options)
    : Adam<T>("AdamW",
              {.learning_rate = options.learning_rate,
               .beta_1 = options.beta_1,
               .beta_2 = options.beta_2,
               .epsilon = options.epsilon,
               .amsgrad = options.amsgrad,
               .weight_decay = options.weight_decay,
               .clipnorm = options.clipnorm,
               .clipvalue = options.clipvalue,
               .global_clipnorm = options.global_clipnorm,
               .require_all = options.require_all}) {}

template class AdamW<float>;
template class AdamW<double>;

}  // namespace rondo
