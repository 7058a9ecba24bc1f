#include "rondo/optim/detail/path_template.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

std::filesystem::path fill_path(const std::string& op,
                                const std::string& path_template,
                                std::size_t epoch,
                                std::size_t batch,
                                const Logs& logs) {
  fmt::dynamic_format_arg_store<fmt::format_context> values;
  values.push_back(fmt::arg("epoch", epoch));
  values.push_back(fmt::arg("batch", batch));
  for (const Logs::Entry& entry : logs.entries()) {
    values.push_back(fmt::arg(entry.name.c_str(), entry.value));
  }
  try {
    return fmt::vformat(path_template, values);
  } catch (const fmt::format_error& error) {
    throw_argument_error(op,
                         fmt::format("the path '{}' cannot be filled: {}; known: epoch, batch, {}",
                                     path_template,
                                     error.what(),
                                     logs.names()));
  }
}

}  // namespace rondo::detail
