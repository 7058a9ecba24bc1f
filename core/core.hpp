/// The core: tensors, tape, ops, random numbers, gradient checker.
#pragma once

#include "rondo/core/error.hpp"
#include "rondo/core/gradient_check.hpp"
#include "rondo/core/graph.hpp"
#include "rondo/core/machine.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/core/ops_quantile_loss.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/core/rng.hpp"
#include "rondo/core/tape.hpp"
#include "rondo/core/tensor.hpp"
#include "rondo/core/threads.hpp"
