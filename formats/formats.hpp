/// All file formats.
#pragma once

#include "rondo/formats/csv.hpp"
#include "rondo/formats/labelled_series.hpp"
#include "rondo/formats/npy.hpp"
#include "rondo/formats/plot.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/formats/weights.hpp"
