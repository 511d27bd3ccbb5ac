/* platform_cpu.c - what the processor says of itself.
 *
 * The kernel takes a flag out of /proc/cpuinfo where the firmware keeps the thing off; CPUID still
 * has it (Intel SDM volume 2, AMD APM volume 3).  The registers: IA32_FEATURE_CONTROL, Intel SDM
 * volume 4; VM_CR, AMD APM volume 2, 15.30.1.
 */
#include <string.h>

#include "kinds/platform_look.h"

#define CPU "/sys/devices/system/cpu"

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
bool look_flags_known(const struct looking *looking)
{
	return strspn(looking->platform->flags, " ") < strlen(looking->platform->flags);
}

int look_cpuid(struct looking *looking, uint32_t leaf, enum cpuid_register where, unsigned bit)
{
	struct host_cpuid seen = {};
	int there = host_cpuid(looking->host, leaf, &seen, &looking->faults);
	const uint32_t registers[] = { seen.eax, seen.ebx, seen.ecx, seen.edx };

	faults_init(&looking->faults, looking->arena);
	return there == 1 ? (int)(registers[where] >> bit & 1) : there;
}

static enum capability_state no_flags(struct looking *looking)
{
	return look_says(looking, CAPABILITY_UNKNOWN, "no flags in /proc/cpuinfo");
}

enum capability_state look_flag(struct looking *looking, const struct capability_row *row)
{
	const char *flag = look_words(looking, row);

	if (!look_flags_known(looking))
		return no_flags(looking);
	if (look_has_flag(looking, flag))
		return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo", flag);
	return look_says(looking, CAPABILITY_ABSENT, "no flag %s in /proc/cpuinfo", flag);
}

/* ---- virtualization ---- */

/* Old kernels keep the flag while the firmware has locked it off: the register tells, where it
 * can be read. */
static bool is_locked_off(struct looking *looking, bool intel)
{
	enum { FEATURE_CONTROL = 0x3a, LOCK = 1 << 0, VMX = 1 << 2 };
	enum { SVM_DISABLE = 1 << 4 };
	static const uint32_t vm_cr = 0xc0010114;
	uint64_t value = 0;
	int there =
		host_msr(looking->host, intel ? FEATURE_CONTROL : vm_cr, &value, &looking->faults);

	faults_init(&looking->faults, looking->arena);
	if (there != 1)
		return false;
	return intel ? (value & LOCK) && !(value & VMX) : (value & SVM_DISABLE) != 0;
}

/* A guest's processor has what its host gives it. */
static void remedy_of_guest(struct looking *looking, const struct capability_row *row)
{
	if (look_has_flag(looking, "hypervisor"))
		looking->remedy =
			arena_printf(looking->arena,
				     "on a real machine: %s; this one is virtual: turn on nested "
				     "virtualization for it on its host",
				     looking->amd ? row->firmware_amd : row->firmware_intel);
}

enum capability_state look_vt(struct looking *looking, const struct capability_row *row)
{
	bool intel = look_has_flag(looking, row->intel), amd = look_has_flag(looking, row->amd);

	if (!look_flags_known(looking))
		return no_flags(looking);
	if ((intel || amd) && is_locked_off(looking, intel))
		return look_says(looking, CAPABILITY_OFF_FIRMWARE,
				 "flag %s in /proc/cpuinfo, but register %s is locked with it off",
				 intel ? row->intel : row->amd,
				 intel ? "IA32_FEATURE_CONTROL" : "VM_CR");
	if (intel || amd)
		return look_says(looking, CAPABILITY_PRESENT, "flag %s in /proc/cpuinfo",
				 intel ? row->intel : row->amd);
	remedy_of_guest(looking, row);
	if (!looking->amd && look_cpuid(looking, 1, CPUID_ECX, 5) == 1)
		return look_says(looking, CAPABILITY_OFF_FIRMWARE,
				 "CPUID has vmx, and no flag in /proc/cpuinfo");
	if (!looking->intel && look_cpuid(looking, 0x80000001, CPUID_ECX, 2) == 1)
		return look_says(looking, CAPABILITY_OFF_FIRMWARE,
				 "CPUID has svm, and no flag in /proc/cpuinfo");
	return look_says(looking, CAPABILITY_ABSENT, "neither flag vmx nor svm in /proc/cpuinfo");
}

/* ---- threads ---- */

/* Documentation/ABI/testing/sysfs-devices-system-cpu: control and active. */
enum capability_state look_smt(struct looking *looking, const struct capability_row *row)
{
	const struct platform *platform = looking->platform;
	const char *line = NULL;

	(void)row;
	if (look_line(looking, CPU "/smt/control", &line) == 1) {
		if (strcmp(line, "on") == 0)
			return look_says(looking, CAPABILITY_PRESENT, CPU "/smt/control is on");
		if (strcmp(line, "off") == 0 || strcmp(line, "forceoff") == 0)
			return look_says(looking, CAPABILITY_OFF_KERNEL, CPU "/smt/control is %s",
					 line);
	}
	if (!platform->threads || !platform->cores)
		return look_says(looking, CAPABILITY_UNKNOWN, "cores and threads are not known");
	return look_says(looking,
			 platform->threads > platform->cores ? CAPABILITY_PRESENT
							     : CAPABILITY_ABSENT,
			 "%u threads on %u cores", platform->threads, platform->cores);
}

/* ---- confidential guests and enclaves ---- */

/* AMD APM volume 3, E.4.17: the bits of EAX of leaf 0x8000001f. */
static unsigned sev_bit(const char *flag)
{
	return strcmp(flag, "sev") == 0 ? 1 : strcmp(flag, "sev_es") == 0 ? 3 : 4;
}

enum capability_state look_sev(struct looking *looking, const struct capability_row *row)
{
	if (looking->intel || !look_flags_known(looking))
		return look_flag(looking, row);
	if (look_has_flag(looking, row->amd)) {
		bool off = look_parameter(looking, "kvm_amd", row->amd) == 0;
		return look_says(looking, off ? CAPABILITY_OFF_KERNEL : CAPABILITY_PRESENT,
				 "flag %s in /proc/cpuinfo%s", row->amd,
				 off ? ", and kvm_amd has it off" : "");
	}
	if (look_cpuid(looking, 0x8000001f, CPUID_EAX, sev_bit(row->amd)) == 1)
		return look_says(looking, CAPABILITY_OFF_FIRMWARE,
				 "CPUID has %s, and no flag in /proc/cpuinfo", row->amd);
	return look_flag(looking, row);
}

/* Documentation/arch/x86/tdx.rst: the kernel says so where the firmware made room for it. */
enum capability_state look_tdx(struct looking *looking, const struct capability_row *row)
{
	int parameter = look_parameter(looking, "kvm_intel", "tdx");

	if (parameter == 1)
		return look_says(looking, CAPABILITY_PRESENT,
				 "/sys/module/kvm_intel/parameters/tdx is on");
	if (look_has_flag(looking, row->intel))
		return look_says(looking, CAPABILITY_OFF_KERNEL,
				 "flag %s in /proc/cpuinfo, and kvm_intel does not use it",
				 row->intel);
	return look_flag(looking, row);
}

enum capability_state look_sgx(struct looking *looking, const struct capability_row *row)
{
	if (!look_has_flag(looking, row->intel) && look_flags_known(looking) && !looking->amd &&
	    look_cpuid(looking, 7, CPUID_EBX, 2) == 1)
		return look_says(looking, CAPABILITY_OFF_FIRMWARE,
				 "CPUID has sgx, and no flag in /proc/cpuinfo");
	return look_flag(looking, row);
}

/* ---- weaknesses ---- */

/* Documentation/admin-guide/hw-vuln: a file for each, that begins with "Vulnerable" where nothing
 * is done against it. */
enum capability_state look_mitigations(struct looking *looking, const struct capability_row *row)
{
	struct host_names names = {};
	struct text open = text_of(looking->arena);
	const char *line = NULL;

	(void)row;
	int there = look_list(looking, CPU "/vulnerabilities", &names);
	if (there <= 0)
		return CAPABILITY_UNKNOWN; /* older than Linux 4.15: it does not say */
	EACH(name, &names.list) {
		const char *path = arena_printf(looking->arena, CPU "/vulnerabilities/%s", *name);
		if (look_line(looking, path, &line) == 1 && string_starts(line, "Vulnerable"))
			text_addf(&open, "%s%s", open.size ? ", " : "", *name);
	}
	if (!open.size)
		return look_says(looking, CAPABILITY_PRESENT, "nothing is vulnerable of %zu known",
				 names.list.count);
	return look_says(looking,
			 look_has_argument(looking, "mitigations=off") ? CAPABILITY_OFF_KERNEL
								       : CAPABILITY_ABSENT,
			 "vulnerable: %s", open.at);
}
