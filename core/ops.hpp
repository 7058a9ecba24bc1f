/// All ops.
#pragma once

#include "rondo/core/fuse.hpp"
#include "rondo/core/ops_activation.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/ops_losses.hpp"
#include "rondo/core/ops_matmul.hpp"
#include "rondo/core/ops_normalization.hpp"
#include "rondo/core/ops_reduce.hpp"
#include "rondo/core/ops_shape.hpp"
