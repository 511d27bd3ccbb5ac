/* kernel_args.h - how another kind says an argument of the kernel's command line.
 *
 * For use in a kind's `complete`; the kind names "kernel.args" in its `needs`.  What is said
 * becomes the item `boot`, which owns the line, compares it and changes it.  A kind whose
 * setting is only right after the next boot adds steps_wait(WAIT_REBOOT) to its own plan.
 */
#pragma once

#include "resource/desired.h"

/* Says `name=value` (NULL: the bare word) for `by`, because of its field `path` (NULL: of the
 * item itself).  The same name with another value, said by another item or under kernel.args,
 * is a fault that shows both places. */
void kernel_args_imply(struct desired *desired, struct item *by, const char *path, const char *name,
		       const char *value, struct faults *faults);

/* Says one more `name=value`, for a name that may stand on the line several times; their order
 * is kept, and the same one said twice stands there once.  The value of a pair is written as
 * its words: name "hugepagesz", value "1G hugepages=4" (formats/cmdline.h).  Where a person
 * says the name under kernel.args, or somebody by kernel_args_imply, that is a fault that
 * shows both places. */
void kernel_args_append(struct desired *desired, struct item *by, const char *path,
			const char *name, const char *value, struct faults *faults);

/* Whether every argument that `by` said first is on the line of the kernel that runs: what is
 * not as wanted then, no further boot brings.  For plan. */
bool kernel_args_run(const struct view *view, const struct item *by);
