/* platform_look.h - what the files platform_*.c share: one look at a machine. */
#pragma once

#include "base/text.h"
#include "kinds/platform.h"

struct looking { /* one look at one machine */
	struct host *host;
	struct arena *arena;
	struct platform *platform; /* filled as far as the order of capabilities.def got */
	bool intel, amd;
	struct faults faults; /* of the last question; its message is evidence */
	const char *evidence; /* set by each look */
	const char *remedy;   /* set by a look that knows better than its row */
};

struct capability_row;
typedef enum capability_state look(struct looking *looking, const struct capability_row *row);

struct capability_row { /* a row of capabilities.def */
	const char *id, *group, *summary;
	look *look;
	const char *intel, *amd; /* what the look looks for: a flag, a file, a list of words */
	const char *needed_for;
	const char *firmware_intel, *firmware_amd; /* remedies where it is not there */
	const char *kernel;                        /* remedy where it is off in the kernel */
};

/* The row's own words for this maker of processors. */
const char *look_words(const struct looking *looking, const struct capability_row *row);
/* The first of such words, which *words then no longer holds; NULL at the end. */
const char *look_next_word(struct looking *looking, const char **words);

/* Sets the evidence and gives the state back, so that `return look_says(...)` reads well. */
enum capability_state look_says(struct looking *looking, enum capability_state state,
				const char *format, ...) PRINTF(3, 4);

/* Questions to the machine: 1 there, 0 not there, -1 could not look (the evidence says why).
 * What a capture without the folder at the top of `path` does not hold could not be looked at. */
int look_line(struct looking *looking, const char *path, const char **ret_line);
int look_text(struct looking *looking, const char *path, const char **ret_text);
int look_packed(struct looking *looking, const char *path, const char **ret_text);
int look_list(struct looking *looking, const char *path, struct host_names *ret);
int look_stat(struct looking *looking, const char *path, struct host_file *ret);

/* Whether the first processor has a flag; also among the "vmx flags". */
bool look_has_flag(const struct looking *looking, const char *flag);
/* The state of a capability that was looked at before (an earlier row). */
enum capability_state look_state(const struct looking *looking, const char *id);

/* Whether CPUID has a bit of a register set: 1, 0, and -1 where it could not be asked. */
enum cpuid_register { CPUID_EAX, CPUID_EBX, CPUID_ECX, CPUID_EDX };
int look_cpuid(struct looking *looking, uint32_t leaf, enum cpuid_register where, unsigned bit);
/* Whether the first processor's flags are known at all. */
bool look_flags_known(const struct looking *looking);
/* Whether the kernel was started with this word ("nosmt", "intremap=off"). */
bool look_has_argument(struct looking *looking, const char *word);
/* The release of the kernel that runs, "6.12.1-amd64"; NULL where not known. */
const char *look_release(struct looking *looking);
/* A module's parameter as the kernel tells it: 1 on, 0 off, -1 not there or not seen. */
int look_parameter(struct looking *looking, const char *module, const char *parameter);

/* The processors, memory and firmware: platform_topology.c, platform_firmware.c. */
void look_topology(struct looking *looking, const char *cpuinfo);
void look_memory(struct looking *looking);
void look_firmware(struct looking *looking);

/* The looks that capabilities.def names, by file. */
look look_flag, look_vt, look_smt, look_sev, look_tdx, look_sgx, look_mitigations; /* cpu */
look look_kvm, look_kvm_module, look_with_parameter, look_vpid, look_nested;       /* kvm */
look look_iommu, look_remapping;                                                   /* iommu */
look look_uefi, look_secure_boot, look_tpm;                                        /* firmware */
look look_sriov, look_disks, look_memory_size;                                     /* devices */
look look_path, look_config, look_modules, look_cgroup;                            /* kernel */
look look_kernel_version, look_package;                                            /* software */
look look_programs, look_guest_firmware;                                           /* guests */
