/// Data sets, batches, files and scaling.
#pragma once

#include "rondo/data/batch_loader.hpp"
#include "rondo/data/dataset.hpp"
#include "rondo/data/ragged_dataset.hpp"
#include "rondo/data/scaler.hpp"
#include "rondo/data/splits.hpp"
#include "rondo/data/synthetic.hpp"
#include "rondo/data/table.hpp"
#include "rondo/data/time_axis.hpp"
#include "rondo/data/vocabulary.hpp"
#include "rondo/data/windows.hpp"
