/* agent.h - the settings that the agent reads from a description. */
#pragma once

#include "schema/record.h"

struct agent_settings {
	struct given given;
	const char *drift;      /* "repair" or "report" */
	struct text_list allow; /* class names */
};
extern const struct record agent_record;
