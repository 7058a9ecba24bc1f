/// What the ranks of a job must have in common beside the options of `fit`; for the sources of this
/// folder.
#pragma once

#include "rondo/distributed/agreement.hpp"
#include "rondo/layers/layer.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo::detail {

/// Build, model and optimizer, all of which is built.
template <Real T>
void add_facts(RankFacts& facts, const Layer<T>& model, const Optimizer<T>& optimizer);

}  // namespace rondo::detail
