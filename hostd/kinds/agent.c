/* agent.c - how the agent behaves; nothing on the machine. */
#include "resource/kind.h"

#include "kinds/agent.h"

static const char *const drifts[] = { "repair", "report", NULL };
static const char *const classes[] = {
	"none", "live", "guest-restart", "service-restart", "reboot", "destroys-data", NULL
};

static const struct field fields[] = {
	FIELD("drift", struct agent_settings, drift, CLASS_NONE,
	      "what the agent does about a machine that is no longer as described",
	      .choices = drifts, .fallback = "repair"),
	FIELD("allow", struct agent_settings, allow, CLASS_NONE,
	      "classes of change that the agent may make without a person", .choices = classes,
	      .fallback = "live"),
};
const struct record agent_record = RECORD(struct agent_settings, fields);

static const char *const needs[] = { NULL };

const struct kind agent_kind = {
	.path = "agent",
	.summary = "what the agent may do by itself",
	.shape = SHAPE_SINGLE,
	.flags = KIND_SETTINGS,
	.adopt = ADOPT_QUIETLY,
	.record = &agent_record,
	.needs = needs,
	.complete = complete_nothing,
	.check = check_nothing,
	.observe = observe_nothing,
	.same = same_name,
	.plan = plan_nothing,
	.render = render_nothing,
};
