/// Everything of rondo's time series.
#pragma once

#include "rondo/timeseries/forecast_errors.hpp"
#include "rondo/timeseries/forecaster.hpp"
#include "rondo/timeseries/panel.hpp"
#include "rondo/timeseries/rolling_origin.hpp"
#include "rondo/timeseries/season.hpp"
#include "rondo/timeseries/simple_methods.hpp"
