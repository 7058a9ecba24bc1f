/// All of optim.
#pragma once

#include "rondo/optim/adam.hpp"
#include "rondo/optim/adamw.hpp"
#include "rondo/optim/callback.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/monitor.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/checkpoint.hpp"
#include "rondo/optim/history.hpp"
#include "rondo/optim/metrics/metrics.hpp"
#include "rondo/optim/optimizer.hpp"
#include "rondo/optim/rmsprop.hpp"
#include "rondo/optim/schedule.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
