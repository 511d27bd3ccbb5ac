/* fleets.h - what a fleet's hosts have in common, for the guests that are to have it. */
#pragma once

#include "formats/cpu_model.h"
#include "resource/desired.h"

struct fleet_common {             /* as libvirt on this machine tells it */
	struct cpu_model cpu;     /* what guests get */
	struct text_list whole;   /* all features that the hosts have in common */
	struct text_list missing; /* of those, what this host cannot give a guest */
	const char *vendor;       /* this host's, where it is another than the fleet's; or NULL */
};

/* What was observed of the fleet called `name`; NULL where it could not be found out. */
const struct fleet_common *fleet_common(const struct view *view, const char *name);

/* The hosts of a fleet that do not have a feature, "beta and gamma". */
const char *fleet_lacking(struct arena *arena, const struct view *view, const char *name,
			  const char *feature);
