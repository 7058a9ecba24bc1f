/// Everything of rondo's time series.
#pragma once

#include "rondo/timeseries/calendar.hpp"
#include "rondo/timeseries/class_errors.hpp"
#include "rondo/timeseries/classifier.hpp"
#include "rondo/timeseries/forecast_errors.hpp"
#include "rondo/timeseries/forecaster.hpp"
#include "rondo/timeseries/panel.hpp"
#include "rondo/timeseries/panel_encoder.hpp"
#include "rondo/timeseries/panel_options.hpp"
#include "rondo/timeseries/report.hpp"
#include "rondo/timeseries/rolling_origin.hpp"
#include "rondo/timeseries/season.hpp"
#include "rondo/timeseries/simple_methods.hpp"
