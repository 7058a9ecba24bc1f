/// The compile configuration and the optimizer's variables of a .keras file. For the sources of
/// this folder.
#pragma once

#include "rondo/interop/detail/hdf5_file.hpp"
#include "rondo/interop/detail/weight_places.hpp"

namespace rondo::detail {

/// Into `model.training`, or a note where rondo lacks the optimizer or its state does not fit.
void read_keras_training(const Config& compile,
                         const HdfReader& reader,
                         const std::vector<WeightPlace>& places,
                         StoredModel& model);

/// The value of compile_config, and the variables into the file; a note and null where Keras does
/// not have the optimizer.
[[nodiscard]] Config write_keras_training(const StoredTraining& training,
                                          const std::vector<WeightPlace>& places,
                                          HdfWriter& writer,
                                          std::vector<std::string>& notes);

}  // namespace rondo::detail
