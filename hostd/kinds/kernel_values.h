/* kernel_values.h - kinds whose fields are values of the kernel below /sys.
 *
 * Such a value is forgotten at the next boot, so it is kept twice: written to /sys now, and as a
 * `w` line of a file of ours below /etc/tmpfiles.d (tmpfiles.d(5)), which systemd-tmpfiles-setup
 * writes again at each boot.  The two are the running and the configured state.  A value that was
 * given and is no longer goes back to its row's fallback, the kernel's own default.
 *
 * The record has, besides its values, a list "other" (FIELD_IMPLIED, FIELD_NOT_RUNNING): what was
 * edited by hand in our file.
 */
#pragma once

#include "host/read/host.h"
#include "resource/desired.h"

struct kernel_value {
	const char *field; /* its path in the record: "enabled", "khugepaged.defrag" */
	const char *path;  /* "/sys/kernel/mm/transparent_hugepage/enabled" */
	/* Whether it can be written now; else it has added a wait that says why.  NULL: always. */
	bool (*may)(const struct change *change, struct steps *steps);
};
struct kernel_values {
	const struct kind *kind;
	const char *file;                /* "/etc/tmpfiles.d/gasthof-ksm.conf" */
	const struct kernel_value *rows; /* in the order of writing; ended by a row of NULL */
};

/* For complete: nothing else is to stand in our file. */
void kernel_values_complete(const struct kernel_values *values, struct item *item);
/* Adds the kind's one item to both states: to `configured` where our file is, to `running` always,
 * with the values that this kernel has. */
int kernel_values_observe(const struct kernel_values *values, struct host *host,
			  struct items *configured, struct items *running,
			  struct faults *faults) MUST_CHECK;
/* Our file, and every value that is otherwise; FAULT_MACHINE where the kernel lacks one. */
int kernel_values_plan(const struct kernel_values *values, const struct change *change,
		       struct steps *steps, struct faults *faults) MUST_CHECK;
void kernel_values_render(const struct kernel_values *values, const struct item *item,
			  struct text *text);
