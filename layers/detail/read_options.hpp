/// The options of each layer from its config, without name, trainable and dtype. For `make_layer`
/// only.
#pragma once

#include "rondo/layers/detail/config_reader.hpp"
#include "rondo/layers/layers.hpp"

namespace rondo {

void read_options(ConfigReader& reader, BidirectionalOptions& o);
void read_options(ConfigReader& reader, DenseOptions& o);
void read_options(ConfigReader& reader, DropoutOptions& o);
void read_options(ConfigReader& reader, EmbeddingOptions& o);
void read_options(ConfigReader& reader, GRUCellOptions& o);
void read_options(ConfigReader& reader, GRUOptions& o);
void read_options(ConfigReader& reader, InputOptions& o);
void read_options(ConfigReader& reader, LSTMCellOptions& o);
void read_options(ConfigReader& reader, LSTMOptions& o);
void read_options(ConfigReader& reader, LayerNormalizationOptions& o);
void read_options(ConfigReader& reader, MaskingOptions& o);
void read_options(ConfigReader& reader, RNNOptions& o);
void read_options(ConfigReader& reader, SimpleRNNCellOptions& o);
void read_options(ConfigReader& reader, SimpleRNNOptions& o);
void read_options(ConfigReader& reader, StackedRNNCellsOptions& o);
void read_options(ConfigReader& reader, TimeDistributedOptions& o);
void read_options(ConfigReader& reader, V1GRUCellOptions& o);

}  // namespace rondo
