/// All metrics.
#pragma once

#include "rondo/optim/metrics/accuracy.hpp"
#include "rondo/optim/metrics/confusion.hpp"
#include "rondo/optim/metrics/likelihood.hpp"
#include "rondo/optim/metrics/make_metric.hpp"
#include "rondo/optim/metrics/mean.hpp"
#include "rondo/optim/metrics/metric.hpp"
#include "rondo/optim/metrics/r2_score.hpp"
