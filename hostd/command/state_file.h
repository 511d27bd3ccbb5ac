/* state_file.h - /run/gasthof/status.json: what the agent last saw. */
#pragma once

#include "agent/agent.h"
#include "command/command.h"

/* Writes the plan (NULL: there is none), the session's faults and why nothing is done, or
 * NULL.  What cannot be written is no reason to fail: the file only informs. */
void state_write(struct session *session, const struct plan *plan, const char *why);

/* What was written last, as a tree; NULL where there is nothing. */
const struct node *state_read(struct session *session);
