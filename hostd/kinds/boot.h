/* boot.h - the kernel's command line as one item, and what the files of its kind share. */
#pragma once

#include "formats/cmdline.h"
#include "resource/desired.h"

struct argument { /* everything the line says of one name */
	struct given given;
	struct text_list words; /* "console=tty0", "console=ttyS0" */
	const char *by;         /* who says it: a path in the description */
	bool repeats;           /* said by several, one word each (kernel_args_append) */
};

struct boot {
	struct given given;
	const char *when;
	struct map arguments;             /* of struct argument, by cmdline_name */
	const struct boot_lines *machine; /* observed items only; not a field */
};

struct boot_lines {          /* what the machine says */
	const char *running; /* /proc/cmdline */
	const char *next;    /* the line that the next boot will get */
};

extern const struct kind boot_kind;
extern const struct record boot_record, argument_record;

/* The words of `line` as the arguments of an observed item.  An argument of `want` that
 * stands on it, last of its name and beside nothing of `last`, is as wanted; whatever else the
 * line says of that name was said by others.  What nobody asks for any more is looked for
 * among the words of `last`.  `own`: the line that the image itself brings, or NULL; its words
 * are never ours. */
void boot_arguments(struct arena *arena, const char *line, const char *own, const struct boot *want,
		    const struct boot *last, struct boot *ret);

/* `line` without the words of `last`, but with those of `want` at its end; what others say
 * stays.  Each may be NULL. */
const char *boot_line(struct arena *arena, const char *line, const char *own,
		      const struct boot *want, const struct boot *last);

/* "+nosmt -mitigations=off": how one line differs from another. */
const char *boot_words_changed(struct arena *arena, const char *from, const char *to);
