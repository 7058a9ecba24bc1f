/// All layers.
#pragma once

#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/embedding.hpp"
#include "rondo/layers/layer_normalization.hpp"
#include "rondo/layers/masking.hpp"
#include "rondo/layers/recurrent/bidirectional.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/gru_stream.hpp"
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"
#include "rondo/layers/recurrent/stacked_cells.hpp"
#include "rondo/layers/recurrent/v1_gru_cell.hpp"
#include "rondo/layers/sequential.hpp"
