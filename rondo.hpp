/// Everything a user needs.
#pragma once

#include "rondo/core/core.hpp"
#include "rondo/data/data.hpp"
#include "rondo/distributed/distributed.hpp"
#include "rondo/formats/formats.hpp"
#include "rondo/interop/interop.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/timeseries/timeseries.hpp"
