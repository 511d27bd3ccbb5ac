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

/* Sets the evidence and gives the state back, so that `return look_says(...)` reads well. */
enum capability_state look_says(struct looking *looking, enum capability_state state,
				const char *format, ...) PRINTF(3, 4);

/* Questions to the machine: 1 there, 0 not there, -1 could not look (the evidence says why).
 * What a capture without the folder at the top of `path` does not hold could not be looked at. */
int look_line(struct looking *looking, const char *path, const char **ret_line);
int look_text(struct looking *looking, const char *path, const char **ret_text);
int look_list(struct looking *looking, const char *path, struct host_names *ret);
int look_stat(struct looking *looking, const char *path, struct host_file *ret);

/* Whether the first processor has a flag; also among the "vmx flags". */
bool look_has_flag(const struct looking *looking, const char *flag);
/* The state of a capability that was looked at before (an earlier row). */
enum capability_state look_state(const struct looking *looking, const char *id);

/* The looks that capabilities.def names. */
look look_flag, look_vt, look_nested_paging, look_kvm, look_nested; /* platform_cpu, _kvm */
look look_iommu, look_remapping;                                    /* platform_iommu.c */
look look_tpm;                                                      /* platform_devices.c */
