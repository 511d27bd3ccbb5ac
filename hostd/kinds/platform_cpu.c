/* platform_cpu.c - what the processor says of itself. */
#include <string.h>

#include "kinds/platform_look.h"

static bool list_has(const struct looking *looking, const char *list, const char *word)
{
	return strstr(list, arena_printf(looking->arena, " %s ", word)) != NULL;
}

bool look_has_flag(const struct looking *looking, const char *flag)
{
	return list_has(looking, looking->platform->flags, flag) ||
	       list_has(looking, looking->platform->vmx_flags, flag);
}

/* A list without a single flag is a list that could not be read. */
static bool flags_known(const struct looking *looking)
{
	return strspn(looking->platform->flags, " ") < strlen(looking->platform->flags);
}

enum capability_state look_flag(struct looking *looking, const struct capability_row *row)
{
	const char *flag = look_words(looking, row);

	if (!flags_known(looking))
		return look_says(looking, CAPABILITY_UNKNOWN, "no flags in /proc/cpuinfo");
	if (look_has_flag(looking, flag))
		return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo", flag);
	return look_says(looking, CAPABILITY_ABSENT, "no flag %s in /proc/cpuinfo", flag);
}

enum capability_state look_vt(struct looking *looking, const struct capability_row *row)
{
	if (look_has_flag(looking, row->intel))
		return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo",
				 row->intel);
	if (look_has_flag(looking, row->amd))
		return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo", row->amd);
	if (!flags_known(looking))
		return look_says(looking, CAPABILITY_UNKNOWN, "no flags in /proc/cpuinfo");
	return look_says(looking, CAPABILITY_ABSENT, "neither flag vmx nor svm in /proc/cpuinfo");
}
