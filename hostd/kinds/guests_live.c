/* guests_live.c - what of a change can be done while the guest runs: finding the ways. */
#include "kinds/guests_live.h"

#include <string.h>

const struct guest *live_wanted(const struct guest_live *live)
{
	return live->change->want->value;
}

const struct guest *live_running(const struct guest_live *live)
{
	return live->change->running->value;
}

const char *live_part(struct guest_live *live, const struct path *path, unsigned count)
{
	const char *at = path->path;

	for (; count && *at; count--) {
		at += strcspn(at, ".");
		at += *at == '.';
	}
	return arena_strndup(live->steps->arena, at, strcspn(at, "."));
}

void live_wait(struct guest_live *live, const char *why)
{
	EACH(known, &live->waits)
		if (strcmp(*known, why) == 0)
			return;
	ARRAY_PUSH(live->steps->arena, &live->waits, why);
}

static bool path_is(const char *path, const char *pattern)
{
	for (;;) {
		size_t size = strcspn(path, "."), like = strcspn(pattern, ".");
		bool any = like == 1 && *pattern == '*';
		if (!any && (size != like || strncmp(path, pattern, size) != 0))
			return false;
		path += size, pattern += like;
		if (!*path || !*pattern)
			return *path == *pattern;
		path++, pattern++;
	}
}

const struct live_way *guest_live_way(const char *path)
{
	const struct live_ways *const tables[] = { &guest_setting_ways, &guest_device_ways };

	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (size_t j = 0; j < tables[i]->count; j++)
			if (path_is(path, tables[i]->at[j].path))
				return &tables[i]->at[j];
	return NULL;
}

static void path_live(struct guest_live *live, const struct path *path)
{
	/* What nobody notices is no change to a guest that is to be left alone. */
	bool may = live->allowed || path->class == CLASS_NONE;
	const struct live_way *way = may ? guest_live_way(path->path) : NULL;
	size_t before = live->waits.count;

	if (way && way->go(live, way, path))
		return;
	if (live->waits.count == before)
		live_wait(live, "takes effect at its next start");
}

void live_refused(struct guest_live *live)
{
	const struct refusals *refused = live_running(live)->refused;
	size_t kept = 0;

	if (!refused)
		return;
	for (size_t i = 0; i < live->steps->list.count; i++) {
		const struct step *step = &live->steps->list.at[i];
		const struct refusal *refusal =
			refusals_find(refused, refusal_key(live->steps->arena, step));
		if (refusal)
			live_wait(live, refusal->why);
		else
			live->steps->list.at[kept++] = *step;
	}
	live->steps->list.count = kept;
}

/* What goes makes room for what comes: a device is plugged in after those that are taken out. */
static void attach_last(struct steps *steps)
{
	ARRAY(struct step) attached = {};
	size_t kept = 0;

	for (size_t i = 0; i < steps->list.count; i++) {
		const struct step *step = &steps->list.at[i];
		if (step->verb == VERB_device_attach)
			ARRAY_PUSH(steps->arena, &attached, *step);
		else
			steps->list.at[kept++] = *step;
	}
	EACH(step, &attached)
		steps->list.at[kept++] = *step;
}

int guest_live(struct guest_live *live, struct faults *faults)
{
	(void)faults;
	for (size_t i = 0; i < live->change->differs->count; i++) {
		const struct path *path = &live->change->differs->at[i];
		if (path->where & IN_RUNNING && strcmp(path->path, "state") != 0)
			path_live(live, path);
	}
	attach_last(live->steps);
	live_refused(live);
	return 0;
}
