/// Everything in interop.
#pragma once

#include "rondo/interop/loaded_model.hpp"
#include "rondo/interop/model_file.hpp"
#include "rondo/interop/stored_model.hpp"
#include "rondo/interop/training_state.hpp"
