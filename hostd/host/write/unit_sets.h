/* unit_sets.h - what the kernel holds of a unit, for the verbs that look past systemd. */
#pragma once

#include "formats/unit_settings.h"
#include "host/write/write.h"

/* The first line of a file of the kernel's: 1, 0 where it is not there, or -1. */
int unit_line_read(struct write *write, const char *path, const char **ret,
		   struct faults *faults) MUST_CHECK;

/* Writes a set of CPUs or nodes ("0-1"; "": all that there can be) into the cgroup of a unit,
 * behind systemd's back: 1, 0 where there is no such cgroup, or -1 where the kernel does not take
 * it. */
int unit_set_write(struct write *write, const char *unit, const struct unit_setting *setting,
		   const char *set, struct faults *faults) MUST_CHECK;
