// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>

namespace weft::model {

/// What a model run can find.
enum class Failure : std::uint8_t {
  None,
  Requirement,  // require() was not met
  Race,         // two accesses to plain data, one of them a write, and nothing orders them
  Deadlock,     // everybody sleeps and nobody's time can run out
  Livelock,     // a run of too many steps
  Exception,    // one left an actor
  Limit,        // the model is too small for this test
  Strayed,      // the run did something else when repeated: it depends on more than the model drives
};

/// Ends the run that is under way. An actor does not return from it; outside
/// of together() it throws to explore().
void fail(Failure failure, std::string message);

}  // namespace weft::model
