/* sysctl.c - kernel parameters, one file below /etc/sysctl.d for each (sysctl.d(5)).
 *
 * The value that was there before we came stands in the file's header, so that a
 * parameter which is no longer described goes back to it.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "host/read/host.h"
#include "kinds/files.h"
#include "resource/desired.h"

struct sysctl {
	struct given given;
	const char *value;
	const char *before; /* in our file's header; never compared */
};

/* The kernel separates the numbers of a list with tabs. */
static bool same_words(const void *want, const void *have)
{
	const char *a = *(const char *const *)want, *b = *(const char *const *)have;

	for (;;) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		while (*a && !isspace((unsigned char)*a))
			if (*a++ != *b++)
				return false;
		if (*b && !isspace((unsigned char)*b))
			return false;
		if (!*a)
			return b[strspn(b, " \t\n")] == '\0';
	}
}

static const struct field fields[] = {
	FIELD("value", struct sysctl, value, CLASS_LIVE, "value written to /proc/sys",
	      .flags = FIELD_REQUIRED, .equal = same_words, .example = "10"),
	FIELD("before", struct sysctl, before, CLASS_NONE, "value it had before",
	      .flags = FIELD_IMPLIED | FIELD_PLAIN),
};
static const struct record record =
	RECORD(struct sysctl, fields, .shorthand = &fields[0], .key = &type_text);

#define FOLDER "/etc/sysctl.d/"
#define PREFIX "60-gasthof-"
#define BEFORE "# before: "

/* sysctl.d(5): dots and slashes change places, "net.ipv4.conf.eth0/1.rp_filter". */
static char *swap_separators(struct arena *arena, const char *name)
{
	char *swapped = arena_strdup(arena, name);

	for (char *at = swapped; *at; at++)
		*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
	return swapped;
}

static const char *proc_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, "/proc/sys/%s", swap_separators(arena, name));
}

static const char *file_path(struct arena *arena, const char *name)
{
	char *file = arena_printf(arena, FOLDER PREFIX "%s.conf", name);

	for (char *at = file + strlen(FOLDER); *at; at++)
		if (*at == '/')
			*at = '_';
	return file;
}

static bool name_is_sane(const char *name)
{
	return *name && isalnum((unsigned char)*name) && !strstr(name, "..") &&
	       !strstr(name, "//") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "_-./") == strlen(name);
}

static void sysctl_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	(void)desired;
	if (!name_is_sane(item->name))
		(void)fault_at(faults, item_mark(item, NULL),
			       "\"%s\" is not the name of a kernel parameter", item->name);
}

/* "name = value" below our header. */
static void read_file(struct items *configured, const char *text)
{
	extern const struct kind sysctl_kind;
	struct arena *arena = configured->arena;
	const char *before = strstr(text, BEFORE);
	const char *line = *text == '#' ? strchr(text, '\n') : text;

	while (line && (*line == '\n' || *line == '#'))
		line = *line == '\n' ? line + 1 : strchr(line, '\n');
	const char *sign = line ? strstr(line, " = ") : NULL;
	if (!sign || strcspn(line, "\n") < (size_t)(sign - line))
		return;
	const char *name = arena_strndup(arena, line, (size_t)(sign - line));
	struct item *item = items_add(configured, &sysctl_kind, name);
	struct sysctl *sysctl = item->value;
	item->ours = string_starts(text, FILE_MARK);
	sign += strlen(" = ");
	SET(&record, sysctl, value, arena_strndup(arena, sign, strcspn(sign, "\n")));
	if (before) {
		before += strlen(BEFORE);
		SET(&record, sysctl, before, arena_strndup(arena, before, strcspn(before, "\n")));
	}
}

static int observe_files(struct host *host, struct items *configured, struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, FOLDER, &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		const char *text = NULL;
		size_t size = 0;
		if (!string_starts(*name, PREFIX))
			continue;
		const char *path = arena_printf(configured->arena, FOLDER "%s", *name);
		int found = host_read(host, path, &text, &size, faults);
		if (found < 0)
			return -1;
		if (found > 0)
			read_file(configured, text);
	}
	return 0;
}

static int observe_one(struct host *host, struct items *running, const char *name,
		       struct faults *faults)
{
	extern const struct kind sysctl_kind;
	const char *line = NULL;

	if (!name_is_sane(name) || items_find(running, &sysctl_kind, name))
		return 0;
	int found = host_read_line(host, proc_path(running->arena, name), &line, faults);
	if (found <= 0)
		return found;
	struct sysctl *sysctl = items_add(running, &sysctl_kind, name)->value;
	SET(&record, sysctl, value, line);
	return 0;
}

/* A thousand parameters run that nobody described, and some complain when they are read: only
 * those that matter are looked at. */
static int observe_named(struct host *host, struct items *running, const struct items *named,
			 struct faults *faults)
{
	extern const struct kind sysctl_kind;

	if (!named)
		return 0;
	EACH(item, &named->list)
		if ((*item)->kind == &sysctl_kind &&
		    observe_one(host, running, (*item)->name, faults) < 0)
			return -1;
	return 0;
}

static int sysctl_observe(struct host *host, struct items *configured, struct items *running,
			  struct faults *faults)
{
	if (observe_files(host, configured, faults) < 0 ||
	    observe_named(host, running, configured, faults) < 0 ||
	    observe_named(host, running, running->wanted, faults) < 0)
		return -1;
	return observe_named(host, running, running->given, faults);
}

static void plan_set(const struct change *change, struct steps *steps)
{
	struct arena *arena = steps->arena;
	const struct sysctl *want = change->want->value;
	const struct sysctl *file = change->configured ? change->configured->value : NULL;
	const struct sysctl *now = change->running->value;
	const char *name = change->want->name;
	const char *before = file && GIVEN(&record, file, before) ? file->before : now->value;
	const char *text = arena_printf(
		arena, FILE_MARK " for %s; changes here are overwritten\n" BEFORE "%s\n%s = %s\n",
		change->want->path, before, name, want->value);

	if (!file || !same_words(&file->value, &want->value))
		step_body(steps,
			  step_add(steps, VERB_file_write, CLASS_NONE, file_path(arena, name),
				   "0644", NULL),
			  text, strlen(text));
	if (!same_words(&now->value, &want->value))
		step_add(steps, VERB_sysfs_write, CLASS_LIVE, proc_path(arena, name), want->value);
}

static int sysctl_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	struct arena *arena = steps->arena;
	const char *name = change->want ? change->want->name : change->last->name;
	const struct sysctl *file = change->configured ? change->configured->value : NULL;

	if (change->want && !change->running)
		return fault(faults, FAULT_MACHINE, "this kernel has no parameter \"%s\"", name);
	if (change->want) {
		plan_set(change, steps);
		return 0;
	}
	if (!file || !change->configured->ours)
		return 0;
	if (GIVEN(&record, file, before) && change->running)
		step_add(steps, VERB_sysfs_write, CLASS_LIVE, proc_path(arena, name), file->before);
	step_add(steps, VERB_file_remove, CLASS_NONE, file_path(arena, name));
	return 0;
}

static const char *const needs[] = { "host", NULL };

const struct kind sysctl_kind = {
	.path = "host.sysctl",
	.summary = "kernel parameters (sysctl.d(5))",
	.shape = SHAPE_NAMED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = needs,
	.complete = complete_nothing,
	.check = sysctl_check,
	.observe = sysctl_observe,
	.same = same_name,
	.plan = sysctl_plan,
	.render = render_nothing,
};
