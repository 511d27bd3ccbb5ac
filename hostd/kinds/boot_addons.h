/* boot_addons.h - addons of systemd-stub(7): words for the kernel's command line, in a signed file.
 */
#pragma once

#include "kinds/boot.h"

/* Where a person puts addons that are to be tried (installer/addon --trial). */
#define ADDONS "/etc/gasthof/addons"

struct addon {
	const char *path, *name;
	const char *bytes;
	size_t size;
	const char *text;    /* all that it says */
	const char *words;   /* of it, what is no word of a trial */
	uint32_t generation; /* of the trial that it is for; 0: of none */
	bool is_signed;      /* by whom only the firmware knows */
};

struct addons {
	ARRAY(struct addon) list;
};

/* Appends those of a folder, by name; files that hold no words for the command line are none. */
int addons_look(struct host *host, struct arena *arena, const char *folder, struct addons *ret,
		struct faults *faults) MUST_CHECK;

/* A line with the words of the signed ones at its end that it does not have. */
const char *addons_line(struct arena *arena, const char *line, const struct addons *addons);

/* The newest signed one for a trial that brings `line` to say just what `wanted` does, in whatever
 * order; NULL: none. */
const struct addon *addons_find(struct arena *arena, const struct addons *addons, const char *line,
				const char *wanted);

/* The words of `wanted` that `line` has not. */
const char *addons_missing(struct arena *arena, const char *line, const char *wanted);

/* For a person, in one line: what each says, and why it is not taken. */
const char *addons_tell(struct arena *arena, const struct addons *addons);
