/* platform_kvm.c - KVM and what its modules were told. */
#include "kinds/platform_look.h"

/* Some modules answer Y, some 1. */
static bool is_yes(const char *line)
{
	return *line == 'Y' || *line == 'y' || *line == '1';
}

/* PIT39: the processor has it, and the module was told not to use it. */
enum capability_state look_nested_paging(struct looking *looking, const struct capability_row *row)
{
	static const char *const paths[] = { "/sys/module/kvm_intel/parameters/ept",
					     "/sys/module/kvm_amd/parameters/npt" };
	const char *line = NULL;
	const char *flag = look_has_flag(looking, row->intel) ? row->intel : row->amd;

	if (!look_has_flag(looking, flag))
		return look_flag(looking, row);
	for (size_t i = 0; i < COUNT_OF(paths); i++)
		if (look_line(looking, paths[i], &line) == 1 && !is_yes(line))
			return look_says(looking, CAPABILITY_OFF_KERNEL, "%s is %s", paths[i],
					 line);
	return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo", flag);
}

enum capability_state look_kvm(struct looking *looking, const struct capability_row *row)
{
	struct host_file file = {};
	int there = look_stat(looking, "/dev/kvm", &file);

	(void)row;
	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (there && file.kind == FILE_DEVICE)
		return look_says(looking, CAPABILITY_PRESENT, "/dev/kvm");
	if (there)
		return look_says(looking, CAPABILITY_ABSENT, "/dev/kvm is no device");
	enum capability_state vt = look_state(looking, "vt");
	return vt == CAPABILITY_PRESENT ? CAPABILITY_OFF_KERNEL : vt;
}

enum capability_state look_nested(struct looking *looking, const struct capability_row *row)
{
	const char *const paths[] = { row->intel, row->amd };
	const char *line = NULL;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		int there = look_line(looking, paths[i], &line);
		if (there < 0)
			return CAPABILITY_UNKNOWN;
		if (there)
			return look_says(looking,
					 is_yes(line) ? CAPABILITY_PRESENT : CAPABILITY_OFF_KERNEL,
					 "%s is %s", paths[i], line);
	}
	enum capability_state kvm = look_state(looking, "kvm");
	return look_says(looking, kvm == CAPABILITY_PRESENT ? CAPABILITY_UNKNOWN : kvm,
			 "neither kvm_intel nor kvm_amd is loaded");
}
