/* platform.c - the first look at a machine: what its processor and firmware allow. */
#include "kinds/platform.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct looking {
	struct host *host;
	struct arena *arena;
	const char *flags; /* " vmx ept ... ", of the first processor */
	struct faults *faults;
};

static bool has_flag(const struct looking *looking, const char *flag)
{
	return strstr(looking->flags, arena_printf(looking->arena, " %s ", flag)) != NULL;
}

/* Each look says 1 there, 0 not there, -1 could not look, and what it saw. */
typedef int look(struct looking *looking, const char **ret_evidence);

static int look_flags(struct looking *looking, const char *intel, const char *amd,
		      const char **ret_evidence)
{
	const char *flag = has_flag(looking, intel) ? intel : has_flag(looking, amd) ? amd : NULL;

	*ret_evidence = flag ? arena_printf(looking->arena, "flag %s in /proc/cpuinfo", flag)
			     : "no such flag in /proc/cpuinfo";
	return flag != NULL;
}

static int look_vt(struct looking *looking, const char **ret_evidence)
{
	return look_flags(looking, "vmx", "svm", ret_evidence);
}

static int look_nested_paging(struct looking *looking, const char **ret_evidence)
{
	return look_flags(looking, "ept", "npt", ret_evidence);
}

static int look_pages_2m(struct looking *looking, const char **ret_evidence)
{
	return look_flags(looking, "pse", "pse", ret_evidence);
}

static int look_pages_1g(struct looking *looking, const char **ret_evidence)
{
	return look_flags(looking, "pdpe1gb", "pdpe1gb", ret_evidence);
}

static int look_aes(struct looking *looking, const char **ret_evidence)
{
	return look_flags(looking, "aes", "aes", ret_evidence);
}

static int look_kvm(struct looking *looking, const char **ret_evidence)
{
	struct host_file file = {};
	int found = host_stat(looking->host, "/dev/kvm", &file, looking->faults);

	*ret_evidence = found > 0 ? "/dev/kvm" : "no /dev/kvm";
	return found < 0 ? -1 : found && file.kind == FILE_DEVICE;
}

/* Nested virtualization as the loaded module says it (Y or 1). */
static int look_nested(struct looking *looking, const char **ret_evidence)
{
	static const char *const paths[] = { "/sys/module/kvm_intel/parameters/nested",
					     "/sys/module/kvm_amd/parameters/nested" };

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		const char *line = NULL;
		int found = host_read_line(looking->host, paths[i], &line, looking->faults);
		if (found < 0)
			return -1;
		if (!found)
			continue;
		*ret_evidence = arena_printf(looking->arena, "%s is %s", paths[i], line);
		return *line == 'Y' || *line == '1';
	}
	*ret_evidence = "no kvm module is loaded";
	return 0;
}

/* Groups exist only where an IOMMU is on; trust them, not the vendor's tables. */
static int look_iommu(struct looking *looking, const char **ret_evidence)
{
	struct host_names groups = {};
	int found = host_list(looking->host, "/sys/kernel/iommu_groups", &groups, looking->faults);

	*ret_evidence = groups.list.count ? arena_printf(looking->arena,
							 "%zu groups in /sys/kernel/iommu_groups",
							 groups.list.count)
					  : "no groups in /sys/kernel/iommu_groups";
	return found < 0 ? -1 : groups.list.count > 0;
}

/* VT-d: bit 3 of the extended capabilities is "interrupt remapping support" (Intel VT-d
 * specification, 11.4.3).  AMD's IOMMU always remaps. */
static int look_remapping(struct looking *looking, const char **ret_evidence)
{
	struct host_names units = {};
	enum { IR_SUPPORT = 1 << 3 };

	*ret_evidence = "no IOMMU in /sys/class/iommu";
	if (host_list(looking->host, "/sys/class/iommu", &units, looking->faults) < 0)
		return -1;
	EACH(unit, &units.list) {
		const char *line = NULL;
		unsigned long long capabilities = 0;
		const char *path =
			arena_printf(looking->arena, "/sys/class/iommu/%s/intel-iommu/ecap", *unit);
		int found = host_read_line(looking->host, path, &line, looking->faults);
		if (found < 0)
			return -1;
		*ret_evidence = arena_printf(looking->arena, "%s %s", path, found ? line : "");
		if (found && sscanf(line, "%llx", &capabilities) == 1 &&
		    !(capabilities & IR_SUPPORT))
			return 0;
	}
	return units.list.count > 0;
}

static int look_tpm(struct looking *looking, const char **ret_evidence)
{
	const char *version = NULL;
	int found = host_read_line(looking->host, "/sys/class/tpm/tpm0/tpm_version_major", &version,
				   looking->faults);

	*ret_evidence = found > 0 ? arena_printf(looking->arena, "TPM %s", version)
				  : "no /sys/class/tpm/tpm0";
	return found;
}

/* Catalogue rows: A1 A2, A27, A11, L1, A3 A8, A24, A16, A15, A20, A7. */
static const struct capability_row {
	const char *name, *summary;
	look *look;
	const char *remedy_intel, *remedy_amd;
} rows[] = {
	{ "vt", "hardware virtualization", look_vt,
	  "enable \"Intel Virtualization Technology\" (VT-x) in the firmware",
	  "enable \"SVM Mode\" in the firmware" },
	{ "kvm", "/dev/kvm", look_kvm,
	  "enable \"Intel Virtualization Technology\" (VT-x) in the firmware, and load kvm_intel",
	  "enable \"SVM Mode\" in the firmware, and load kvm_amd" },
	{ "nested_paging", "second level address translation", look_nested_paging,
	  "this processor has no EPT", "this processor has no nested paging" },
	{ "nested", "virtualization inside guests", look_nested, "say kvm: {nested: true}",
	  "say kvm: {nested: true}" },
	{ "iommu", "an IOMMU that is on", look_iommu,
	  "enable \"Intel VT for Directed I/O\" (VT-d) in the firmware, and boot with "
	  "intel_iommu=on",
	  "enable \"IOMMU\" (AMD-Vi) in the firmware" },
	{ "interrupt_remapping", "interrupt remapping", look_remapping,
	  "enable \"Interrupt Remapping\" beside VT-d in the firmware",
	  "enable \"IOMMU\" (AMD-Vi) in the firmware" },
	{ "pages_2m", "2 MiB pages", look_pages_2m, "this processor has no 2 MiB pages",
	  "this processor has no 2 MiB pages" },
	{ "pages_1g", "1 GiB pages", look_pages_1g, "this processor has no 1 GiB pages",
	  "this processor has no 1 GiB pages" },
	{ "aes", "AES instructions", look_aes,
	  "enable \"AES-NI\" (or disable \"AES-NI Defeature\") in the firmware",
	  "this processor has no AES instructions" },
	{ "tpm", "a TPM", look_tpm, "enable \"TPM\" or \"PTT\" in the firmware",
	  "enable \"TPM\" or \"fTPM\" in the firmware" },
};

const char *const platform_capabilities[] = { "vt",       "kvm",      "nested_paging",
					      "nested",   "iommu",    "interrupt_remapping",
					      "pages_2m", "pages_1g", "aes",
					      "tpm",      NULL };

const char *platform_remedy(struct arena *arena, const char *capability)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct capability_row *row = &rows[i];
		if (strcmp(row->name, capability) != 0)
			continue;
		if (strcmp(row->remedy_intel, row->remedy_amd) == 0)
			return row->remedy_intel;
		return arena_printf(arena, "Intel: %s; AMD: %s", row->remedy_intel,
				    row->remedy_amd);
	}
	return "";
}

/* The text behind "name\t: " of the first processor. */
static const char *cpuinfo_get(struct arena *arena, const char *text, const char *name)
{
	const char *line = text;

	while (line && !string_starts(line, name)) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	const char *colon = line ? strchr(line, ':') : NULL;
	if (!colon)
		return "";
	colon += 1 + (colon[1] == ' ');
	return arena_strndup(arena, colon, strcspn(colon, "\n"));
}

static uint32_t processors(const char *text)
{
	uint32_t count = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		count += string_starts(line, "processor");
	}
	return count;
}

static int look_memory(struct host *host, struct platform *platform, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	unsigned long long kibibytes = 0;
	int found = host_read(host, "/proc/meminfo", &text, &size, faults);

	if (found < 0)
		return -1;
	const char *line = found ? strstr(text, "MemTotal:") : NULL;
	if (!line || sscanf(line, "MemTotal: %llu", &kibibytes) != 1)
		return fault(faults, FAULT_HOST, "cannot tell how much memory there is");
	platform->memory.count = kibibytes * 1024;
	return 0;
}

int platform_look(struct host *host, struct arena *arena, struct platform *ret_platform,
		  struct faults *faults)
{
	struct platform platform = {};
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, "/proc/cpuinfo", &text, &size, faults);

	if (found < 0)
		return -1;
	if (!found)
		return fault(faults, FAULT_HOST, "there is no /proc/cpuinfo");
	struct looking looking = { .host = host, .arena = arena, .faults = faults };
	looking.flags = arena_printf(arena, " %s ", cpuinfo_get(arena, text, "flags"));
	platform.processor = cpuinfo_get(arena, text, "model name");
	platform.intel = strcmp(cpuinfo_get(arena, text, "vendor_id"), "GenuineIntel") == 0;
	platform.cpus = processors(text);
	if (look_memory(host, &platform, faults) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct capability *capability = ARRAY_ADD(arena, &platform.capabilities);
		int there = rows[i].look(&looking, &capability->evidence);
		if (there < 0)
			return -1;
		capability->name = rows[i].name;
		capability->summary = rows[i].summary;
		capability->there = there > 0;
		capability->remedy = platform.intel ? rows[i].remedy_intel : rows[i].remedy_amd;
	}
	*ret_platform = platform;
	return 0;
}
