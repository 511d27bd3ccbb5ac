/* platform_kvm.c - KVM and what its modules were told.
 *
 * The parameters: Documentation/admin-guide/kernel-parameters.txt (kvm-intel.*, kvm-amd.*).
 */
#include <string.h>

#include "kinds/platform_look.h"

/* Some modules answer Y, some 1. */
static bool is_yes(const char *line)
{
	return *line == 'Y' || *line == 'y' || *line == '1';
}

int look_parameter(struct looking *looking, const char *module, const char *parameter)
{
	const char *line = NULL;
	const char *path =
		arena_printf(looking->arena, "/sys/module/%s/parameters/%s", module, parameter);

	return look_line(looking, path, &line) == 1 ? is_yes(line) : -1;
}

/* A flag of the processor that a module's parameter turns off, by the flag's name. */
static const struct parameter {
	const char *flag, *module, *name;
	bool implied; /* the parameter is only on where the processor can */
} parameters[] = {
	{ "ept", "kvm_intel", "ept", false },
	{ "npt", "kvm_amd", "npt", false },
	{ "vpid", "kvm_intel", "vpid", false },
	{ "apicv", "kvm_intel", "enable_apicv", true },
	{ "avic", "kvm_amd", "avic", true },
	{ "shadow_vmcs", "kvm_intel", "enable_shadow_vmcs", true },
	{ "v_vmsave_vmload", "kvm_amd", "vls", true },
};

static const struct parameter *parameter_of(const char *flag)
{
	for (size_t i = 0; i < COUNT_OF(parameters); i++)
		if (strcmp(parameters[i].flag, flag) == 0)
			return &parameters[i];
	return NULL;
}

/* With virtualization off the processor tells of none of its parts either: -1 where it is on. */
static int part_of_vt(struct looking *looking, const struct capability_row *row)
{
	enum capability_state vt = look_state(looking, "vt");

	if (vt == CAPABILITY_PRESENT || look_has_flag(looking, look_words(looking, row)))
		return -1;
	looking->remedy = "see vt";
	return look_says(looking, vt, "without virtualization (vt) it does not show");
}

/* PIT39: the processor has it, and the module was told not to use it.  Flags that only Linux 5.6
 * and newer tell ("vmx flags") are no proof of absence. */
enum capability_state look_with_parameter(struct looking *looking, const struct capability_row *row)
{
	const char *flag = look_words(looking, row);
	int without = part_of_vt(looking, row);

	if (without >= 0)
		return (enum capability_state)without;
	if (!looking->amd && !look_has_flag(looking, flag) && look_has_flag(looking, row->amd))
		flag = row->amd;
	const struct parameter *parameter = parameter_of(flag);
	if (!parameter)
		return look_flag(looking, row);
	int on = look_parameter(looking, parameter->module, parameter->name);
	bool has = look_has_flag(looking, flag);
	if (on == 1 && (has || parameter->implied))
		return look_says(looking, CAPABILITY_PRESENT, "/sys/module/%s/parameters/%s is on",
				 parameter->module, parameter->name);
	if (has && on == 0)
		return look_says(looking, CAPABILITY_OFF_KERNEL,
				 "flag %s in /proc/cpuinfo, /sys/module/%s/parameters/%s is off",
				 flag, parameter->module, parameter->name);
	if (has || !look_flags_known(looking) || !looking->intel || !parameter->implied || on == 0)
		return look_flag(looking, row);
	bool told =
		strspn(looking->platform->vmx_flags, " ") < strlen(looking->platform->vmx_flags);
	return look_says(looking, told ? CAPABILITY_ABSENT : CAPABILITY_UNKNOWN,
			 told ? "no %s among the \"vmx flags\" of /proc/cpuinfo"
			      : "neither kvm_intel nor this kernel's /proc/cpuinfo tells of %s",
			 flag);
}

/* AMD's tags (ASIDs) are part of SVM itself. */
enum capability_state look_vpid(struct looking *looking, const struct capability_row *row)
{
	return look_has_flag(looking, row->amd) ? look_flag(looking, row)
						: look_with_parameter(looking, row);
}

enum capability_state look_kvm_module(struct looking *looking, const struct capability_row *row)
{
	struct host_file file = {};
	const char *const names[] = { row->intel, row->amd };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (look_stat(looking, arena_printf(looking->arena, "/sys/module/%s", names[i]),
			      &file) == 1)
			return look_says(looking, CAPABILITY_PRESENT, "%s is loaded", names[i]);
	enum capability_state state = look_modules(looking, row);
	if (look_state(looking, "vt") != CAPABILITY_PRESENT)
		looking->remedy = "see vt"; /* it would not load */
	return state == CAPABILITY_PRESENT ? CAPABILITY_OFF_KERNEL : state;
}

/* Without a driver: the firmware's doing, or nobody loaded it. */
static enum capability_state kvm_without_driver(const struct looking *looking)
{
	enum capability_state vt = look_state(looking, "vt");

	return vt == CAPABILITY_PRESENT ? CAPABILITY_OFF_KERNEL : vt;
}

static enum capability_state kvm_asked(struct looking *looking)
{
	enum { API = 12 };
	struct host_kvm kvm = {};
	int there = host_kvm(looking->host, &kvm, &looking->faults);

	if (there < 0)
		return look_says(looking, CAPABILITY_UNKNOWN, "%s",
				 fault_last(&looking->faults)->message);
	if (!there)
		return look_says(looking, kvm_without_driver(looking),
				 "/dev/kvm has no driver behind it");
	if (kvm.api != API)
		return look_says(looking, CAPABILITY_ABSENT, "/dev/kvm has version %d, not %d",
				 kvm.api, API);
	if (!kvm.max_vcpus)
		return look_says(looking, CAPABILITY_PRESENT, "/dev/kvm, version %d", kvm.api);
	return look_says(looking, CAPABILITY_PRESENT,
			 "/dev/kvm, version %d, up to %u vCPUs a guest", kvm.api, kvm.max_vcpus);
}

/* A27, A29, A35. */
enum capability_state look_kvm(struct looking *looking, const struct capability_row *row)
{
	struct host_file file = {};
	int there = look_stat(looking, "/dev/kvm", &file);

	(void)row;
	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (!there)
		return kvm_without_driver(looking);
	if (file.kind != FILE_DEVICE)
		return look_says(looking, CAPABILITY_ABSENT, "/dev/kvm is no device");
	enum capability_state state = kvm_asked(looking);
	faults_init(&looking->faults, looking->arena);
	return state;
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
