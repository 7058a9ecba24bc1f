/// `rondo convert`: a model from one system's file to another's.
#pragma once

#include <string>

namespace rondo::apps {

struct ConvertOptions {
  std::string in;
  std::string out;
  std::string to;            // a format; empty: by the extension of `out`
  std::string architecture;  // JSON file, for weights alone
  std::string prefix;        // of a PyTorch checkpoint
  bool right_padded = false;
  bool no_check = false;
};

/// Reads, writes beside the output, runs both on the same numbers, and only then puts the new file
/// in its place.
/// @throws ArgumentError naming layer and option if the format cannot hold the model, FormatError
///         if a file is damaged or the two differ; nothing is left behind then
void convert(const ConvertOptions& options);

}  // namespace rondo::apps
