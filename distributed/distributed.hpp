/// Training on several processes and machines.
#pragma once

#include "rondo/distributed/agreement.hpp"
#include "rondo/distributed/communicator.hpp"
#include "rondo/distributed/launcher.hpp"
#include "rondo/distributed/run_on_threads.hpp"
