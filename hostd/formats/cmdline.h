/* cmdline.h - the kernel's command line, word by word.
 *
 * Words are separated by white space outside of double quotes; a quote that begins a word or
 * its value belongs to neither, any other stays (next_arg in the kernel's lib/cmdline.c).
 * Names are compared as parameters are: "-" and "_" are one letter (parameq in
 * kernel/params.c, proc_cmdline_key_streq in systemd).  Behind a word "--" everything is for
 * init and is nobody's argument.
 *
 * `hugepagesz=1G hugepages=4` says one thing in two words (Documentation/admin-guide/mm/
 * hugetlbpage.rst): it is one argument here, of the name "hugepagesz" and the value
 * "1G hugepages=4".  Catalogue B11.
 */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "base/text.h"

#define CMDLINE_INIT "--" /* the name of "--" itself and of every word behind it */

struct cmdline_word {
	const char *text;  /* as it is written on a line: quoted where it must be */
	const char *name;  /* "-" made "_" */
	const char *value; /* NULL: the bare word */
};

struct cmdline {
	ARRAY(struct cmdline_word) list;
};

/* Splits a line; every line has a meaning.  Words live in the arena. */
void cmdline_parse(struct arena *arena, const char *line, struct cmdline *ret);
/* The same, and a size and its pages stay two words. */
void cmdline_split(struct arena *arena, const char *line, struct cmdline *ret);

/* One argument as it is written: "name", "name=value", name="two words".  `value` NULL: the
 * bare word.  A value must not hold a double quote (no line can say it). */
const char *cmdline_word(struct arena *arena, const char *name, const char *value);

/* The name as it is compared. */
const char *cmdline_name(struct arena *arena, const char *name);

/* Whether two texts of arguments say the same: quotes and "-" in the name do not matter. */
bool cmdline_same(const char *a, const char *b);

/* Whether a name can stand on a line: something, without white space, quotes, control
 * characters, "=" and a dash at its start. */
bool cmdline_name_is_sane(const char *name);

/* The line again, words in their order with one space between them. */
const char *cmdline_print(struct arena *arena, const struct cmdline *line);

/* Puts an argument in front of what is for init, and of a quote that is never closed. */
void cmdline_add(struct arena *arena, struct cmdline *line, const char *text);
/* Takes out the last word that says `text`; whether there was one. */
bool cmdline_take(struct cmdline *line, const char *text);
bool cmdline_take_first(struct cmdline *line, const char *text); /* the first such word instead */
