/* guests_live_settings.c - sizes and settings of a guest that runs.
 *
 * A vCPU is only added, never taken away (few guests give one back), memory moves within the
 * balloon's room.
 */
#include <inttypes.h>
#include <stdio.h>

#include "kinds/guests_live.h"

static bool setting_step(struct guest_live *live, const char *what, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	step_add(live->steps, VERB_domain_set, CLASS_LIVE, live->name, what, text, "live");
	return true;
}

static bool memory_live(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	const struct guest_memory *want = &live_wanted(live)->memory;

	(void)way, (void)path;
	if (!GIVEN(&guest_memory_record, want, size) ||
	    want->size.count > live_running(live)->memory.most.count ||
	    string_equal(live_running(live)->balloon.model, "none")) /* PIT46 */
		return false;
	return setting_step(live, "memory", want->size.count);
}

static bool vcpus_live(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const struct guest_vcpus *want = &live_wanted(live)->vcpus;
	const struct guest_vcpus *have = &live_running(live)->vcpus;

	(void)way, (void)path;
	if (!GIVEN(&guest_vcpus_record, want, count) || want->count > have->most ||
	    want->count < have->count)
		return false;
	return setting_step(live, "vcpus", want->count);
}

static const struct live_way ways[] = {
	{ "memory.size", memory_live },
	{ "vcpus.count", vcpus_live },
};

const struct live_ways guest_setting_ways = LIVE_WAYS(ways);
