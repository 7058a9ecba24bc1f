#include "rondo/apps/tensorboard.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

void add_tensorboard(Trainer<float>&, const std::string&) {
  throw_argument_error("train",
                       "--tensorboard needs protobuf, which was not found when rondo was built: "
                       "run scripts/install_dependencies.sh --tensorboard and build again");
}

}  // namespace rondo::apps
