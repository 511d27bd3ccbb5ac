/* engine_session.h - everything that a run which changes the host needs. */
#pragma once

#include "command/command.h"

/* Opens the journal, waits for its lock, opens host and performer; SIGINT and SIGTERM end
 * the run after the step at hand.  Close it after a failure too. */
int engine_session_open(struct session *session, const char *command,
			struct engine *ret_engine) MUST_CHECK;
void engine_session_close(struct engine *engine);
