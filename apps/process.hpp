/// What a program owes the system that starts it.
#pragma once

#include <functional>

namespace rondo::apps {

/// Descriptors 0 to 2 are taken, so that no file of results gets what is printed; and what would
/// end the program by a signal, a full disk or a closed pipe, becomes an error where it happens.
void prepare_process();

/// Does the program's work and ends its output: an error is one line on stderr and status 2.
/// @param work  returns the exit status
/// @return that, or 2; 141 if nobody reads the output any more, as for a program that SIGPIPE ends
[[nodiscard]] int run_program(const std::function<int()>& work);

}  // namespace rondo::apps
