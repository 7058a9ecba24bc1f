/// Everything of rondo's time series.
#pragma once

#include "rondo/timeseries/panel.hpp"
