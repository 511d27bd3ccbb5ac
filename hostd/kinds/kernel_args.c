/* kernel_args.c - arguments of the kernel's command line, one item for each.
 *
 * Nothing of it is on the machine by itself: every argument, of a person or of another kind,
 * becomes a member of the item `boot`, which owns the line.  Names and values as in
 * Documentation/admin-guide/kernel-parameters.rst.
 */
#include "kinds/kernel_args.h"

#include <string.h>

#include "formats/cmdline.h"
#include "kinds/other.h"

struct kernel_arg {
	struct given given;
	struct text_list value;
};

static const struct field fields[] = {
	FIELD("value", struct kernel_arg, value, CLASS_REBOOT,
	      "value on the kernel's command line; true: the bare word; a list: once for each",
	      .flags = FIELD_REQUIRED, .example = "auto"),
};
static const struct record record =
	RECORD(struct kernel_arg, fields, .shorthand = &fields[0], .key = &type_text);

#define BARE  "true" /* how a description says: the word alone */
#define KIND  "kernel.args"
#define OWNER "boot"
#define OURS  "gasthof." /* a trial says these */

/* ---- members of the item `boot`, by the names of its fields (boot.c) ---- */

struct said { /* one name, as `boot` holds it */
	const struct record *record;
	void *value;
	struct text_list *words;
	const char *by; /* the path of who said it first, or NULL: nobody did yet */
	bool repeats;
};

static bool said_find(struct desired *desired, struct item *by, const char *name, struct said *ret)
{
	struct item *boot = desired_imply(desired, OWNER, "", by);
	const char *key = cmdline_name(desired->arena, name);

	*ret = (struct said){};
	if (!boot)
		return false;
	ret->value = other_member(desired->arena, boot->kind->record, boot->value, "arguments", key,
				  &ret->record);
	if (!ret->value)
		return false;
	ret->by = other_text(ret->record, ret->value, "by");
	const bool *repeats = other_value(ret->record, ret->value, "repeats", &type_flag);
	ret->repeats = repeats && *repeats;
	ret->words = other_give(ret->record, ret->value, "words", &type_text);
	return ret->words;
}

static const char *path_join(struct arena *arena, const struct item *by, const char *path)
{
	return path ? arena_printf(arena, "%s.%s", by->path, path) : by->path;
}

/* Where the one who said it first did: `path` begins with the item's own. */
static struct mark said_mark(const struct desired *desired, const char *path)
{
	EACH(each, &desired->items.list) {
		size_t size = strlen((*each)->path);
		if (strncmp(path, (*each)->path, size) != 0)
			continue;
		if (!path[size] || path[size] == '.')
			return item_mark(*each, path[size] ? path + size + 1 : NULL);
	}
	return (struct mark){};
}

static void fault_twice(const struct desired *desired, const struct item *by, const char *path,
			const char *word, const struct said *said, struct faults *faults)
{
	struct mark first = said_mark(desired, said->by);

	fault_at(faults, item_mark(by, path),
		 "%s wants %s on the kernel's command line, %s wants %s", by->path, word, said->by,
		 said->words->at[0]);
	if (first.line)
		fault_also(faults, first, "said here");
}

static void said_begin(struct desired *desired, const struct item *by, const char *path,
		       bool repeats, struct said *said)
{
	bool *flag = repeats ? other_give(said->record, said->value, "repeats", &type_flag) : NULL;

	if (flag)
		*flag = true;
	other_give_text(said->record, said->value, "by", path_join(desired->arena, by, path));
}

static bool is_sane(const char *name, const char *value)
{
	return cmdline_name_is_sane(name) && (!value || !strpbrk(value, "\"\n"));
}

static bool words_have(const struct text_list *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (cmdline_same(words->at[i], word))
			return true;
	return false;
}

void kernel_args_imply(struct desired *desired, struct item *by, const char *path, const char *name,
		       const char *value, struct faults *faults)
{
	struct said said;

	if (!is_sane(name, value) || !said_find(desired, by, name, &said))
		return;
	const char *word = cmdline_word(desired->arena, name, value);
	if (!said.by) {
		said_begin(desired, by, path, false, &said);
		text_list_push(desired->arena, said.words, word);
	} else if (said.repeats || !words_have(said.words, word)) {
		fault_twice(desired, by, path, word, &said, faults);
	}
}

void kernel_args_append(struct desired *desired, struct item *by, const char *path,
			const char *name, const char *value, struct faults *faults)
{
	struct said said;

	if (!is_sane(name, value) || !said_find(desired, by, name, &said))
		return;
	const char *word = cmdline_word(desired->arena, name, value);
	if (!said.by)
		said_begin(desired, by, path, true, &said);
	else if (!said.repeats)
		fault_twice(desired, by, path, word, &said, faults);
	if (!words_have(said.words, word))
		text_list_push(desired->arena, said.words, word);
}

/* ---- whether it runs ---- */

static const struct map *arguments_of(const struct item *boot, const struct record **ret_record)
{
	return boot ? other_map(boot->kind->record, boot->value, "arguments", ret_record) : NULL;
}

static const struct text_list *words_of(const struct record *argument, const struct member *member)
{
	return member ? other_value(argument, member->value, "words", &type_text) : NULL;
}

static bool is_said_by(const struct record *argument, const struct member *member,
		       const struct item *by)
{
	const char *path = other_text(argument, member->value, "by");
	size_t size = strlen(by->path);

	return path && strncmp(path, by->path, size) == 0 && (!path[size] || path[size] == '.');
}

static bool words_equal(const struct text_list *a, const struct text_list *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!cmdline_same(a->at[i], b->at[i]))
			return false;
	return a->count == b->count;
}

bool kernel_args_run(const struct view *view, const struct item *by)
{
	const struct record *argument = NULL;
	const struct item *boot = desired_find(view->desired, OWNER, "");
	const struct seen_kind *seen = boot ? seen_find(view->seen, OWNER) : NULL;
	const struct map *want = arguments_of(boot, &argument);
	const struct map *have =
		seen ? arguments_of(items_find(&seen->running, boot->kind, ""), &argument) : NULL;

	for (size_t i = 0; want && i < want->count; i++) {
		const struct member *said = &want->at[i];
		const struct text_list *words = words_of(argument, said);
		const struct text_list *run =
			words_of(argument, have ? map_get(have, said->name) : NULL);
		if (words && is_said_by(argument, said, by) && (!run || !words_equal(words, run)))
			return false;
	}
	return want != NULL;
}

/* ---- the kind ---- */

static void args_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct kernel_arg *arg = item->value;
	struct text_list words = {};
	struct said said;

	if (other_same(item, desired) || string_starts(item->name, OURS))
		return; /* check says so */
	for (size_t i = 0; i < arg->value.count; i++) {
		const char *value = string_equal(arg->value.at[i], BARE) ? NULL : arg->value.at[i];
		if (!is_sane(item->name, value))
			return;
		text_list_push(desired->arena, &words,
			       cmdline_word(desired->arena, item->name, value));
	}
	if (!words.count || !said_find(desired, item, item->name, &said))
		return;
	if (said.by && !words_equal(said.words, &words)) {
		fault_twice(desired, item, "value", words.at[0], &said, faults);
		return;
	}
	if (!said.by)
		said_begin(desired, item, NULL, false, &said);
	*said.words = words;
}

static void check_value(const struct item *item, const char *value, struct faults *faults)
{
	struct mark mark = item_mark(item, "value");

	if (string_equal(value, "false")) {
		fault_at(faults, mark, "an argument of the kernel cannot be false");
		fault_hint(faults, "leave it out, or say what the kernel calls it: off, 0, no");
	} else if (strchr(value, '"')) {
		fault_at(faults, mark, "the kernel's command line cannot hold a double quote");
	}
}

static void args_check(const struct item *item, const struct desired *desired,
		       struct faults *faults)
{
	const struct kernel_arg *arg = item->value;
	const struct item *same = other_same(item, desired);

	if (!cmdline_name_is_sane(item->name))
		fault_at(faults, item_mark(item, NULL),
			 "\"%s\" cannot be the name of an argument of the kernel", item->name);
	if (string_starts(item->name, OURS))
		fault_at(faults, item_mark(item, NULL), "%s is gasthof's own argument", item->name);
	if (same) {
		fault_at(faults, item_mark(item, NULL), "\"%s\" and \"%s\" are one argument",
			 item->name, same->name);
		fault_also(faults, item_mark(same, NULL), "first given here");
	}
	if (!arg->value.count)
		fault_at(faults, item_mark(item, "value"), "the list is empty");
	for (size_t i = 0; i < arg->value.count; i++)
		check_value(item, arg->value.at[i], faults);
}

/* "-" and "_" are one letter. */
static bool args_same(const struct item *want, const struct item *seen)
{
	ARENA_AUTO struct arena *arena = arena_new();

	return string_equal(cmdline_name(arena, want->name), cmdline_name(arena, seen->name));
}

const struct kind kernel_args_kind = {
	.path = KIND,
	.summary = "arguments of the kernel's command line (kernel-parameters.rst)",
	.shape = SHAPE_NAMED,
	.flags = KIND_SETTINGS,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ OWNER, NULL },
	.complete = args_complete,
	.check = args_check,
	.observe = observe_nothing,
	.same = args_same,
	.plan = plan_nothing,
	.render = render_nothing,
};
