/* grub.c - grub_update, grub_next: Debian's own programs for GRUB's menu and environment. */
#include "formats/grub.h"
#include "host/write/exec.h"
#include "host/write/place.h"
#include "host/write/write.h"

#define ENVIRONMENT "/boot/grub/grubenv"

enum { UPDATE_SECONDS = 300 }; /* os-prober looks at every disk */

int grub_update_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *const argv[] = { "/usr/sbin/update-grub", NULL };
	struct exec exec = {
		.argv = argv,
		.timeout_seconds = UPDATE_SECONDS,
		.progress = write->progress,
	};

	(void)step;
	if (exec_run(write->arena, &exec, NULL, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* NULL: GRUB boots what it always does. */
static int next_entry(struct write *write, const char **ret, struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	const char *text = NULL;
	size_t size = 0;
	int there = place_open(write->arena, ENVIRONMENT, 0, &place, faults);

	if (there == 1)
		there = place_read(write->arena, &place, &file, &text, &size, faults);
	if (there < 0)
		return -1;
	*ret = there ? grub_environment(write->arena, text, "next_entry") : NULL;
	if (*ret && !**ret)
		*ret = NULL;
	return 0;
}

int grub_next_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	const char *now = NULL;

	if (next_entry(write, &now, faults) < 0)
		return -1;
	if (string_equal(now, step->argument[0]))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_grub_next, now, NULL, NULL);
}

int grub_next_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	const char *entry = step->argument[0], *now = NULL;

	if (next_entry(write, &now, faults) < 0)
		return -1;
	if (string_equal(now, entry))
		return outcome_is(ret, RESULT_SAME);
	const char *value =
		entry ? arena_printf(write->arena, "next_entry=%s", entry) : "next_entry";
	const char *const argv[] = { "/usr/bin/grub-editenv", ENVIRONMENT, entry ? "set" : "unset",
				     value, NULL };
	struct exec exec = { .argv = argv };
	if (exec_run(write->arena, &exec, NULL, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
