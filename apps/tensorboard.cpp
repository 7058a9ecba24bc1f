#include "rondo/apps/tensorboard.hpp"

#include "rondo/optim/callbacks/tensorboard.hpp"

namespace rondo::apps {

void add_tensorboard(Trainer<float>& trainer, const std::string& folder) {
  trainer.add(TensorBoard<float>({.log_dir = folder}));
}

}  // namespace rondo::apps
