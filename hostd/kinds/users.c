/* users.c - accounts of people, with the keys they log in with.
 *
 * Keys stand in /etc/ssh/authorized_keys.d/USER, which root owns: nothing is written into a
 * home.  An account that we made carries our mark in its comment field; only such a one is
 * ever removed, and its home stays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/read/host.h"
#include "kinds/files.h"
#include "resource/desired.h"

struct user {
	struct given given;
	struct text_list ssh_keys, groups;
	const char *shell;
};

#define KEY_FOLDER   "/etc/ssh/authorized_keys.d"
#define USER_COMMENT "made by gasthof" /* as host/write gives it to useradd */

enum { PERSON_FIRST = 1000, PERSON_LAST = 59999 };

/* Groups have no order. */
static bool same_set(const void *want, const void *have)
{
	const struct text_list *a = want, *b = have;

	for (size_t i = 0; i < a->count; i++)
		if (!text_list_has(b, a->at[i]))
			return false;
	for (size_t i = 0; i < b->count; i++)
		if (!text_list_has(a, b->at[i]))
			return false;
	return true;
}

static const struct field fields[] = {
	FIELD("ssh_keys", struct user, ssh_keys, CLASS_LIVE,
	      "public keys that may log in (sshd(8))", .flags = FIELD_NOT_RUNNING,
	      .example = "[\"ssh-ed25519 AAAA... ada\"]"),
	FIELD("groups", struct user, groups, CLASS_LIVE, "exactly the groups besides its own",
	      .flags = FIELD_NOT_RUNNING, .equal = same_set, .example = "[sudo, gasthof]"),
	FIELD_TEXT("shell", struct user, shell, &type_path, CLASS_LIVE,
		   "login shell; of a new account", .flags = FIELD_NOT_RUNNING | FIELD_PLAIN,
		   .fallback = "/bin/bash"),
};
static const struct record record = RECORD(struct user, fields);

extern const struct kind users_kind;

static void users_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct user *user = item->value;
	struct item *host = desired_imply(desired, "host", "", item);

	(void)faults;
	if (!host || !GIVEN(&record, user, ssh_keys))
		return;
	const struct field *field = record_find(host->kind->record, "key_folder");
	*(bool *)((char *)host->value + field->offset) = true;
	record_give(host->kind->record, host->value, field->offset, true);
}

static void users_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct user *user = item->value;

	(void)desired;
	if (strcmp(item->name, "root") != 0 && strlen(item->name) > 32)
		(void)fault_at(faults, item_mark(item, NULL),
			       "\"%s\" is too long for a user's name", item->name);
	if (strchr(item->name, '.') || (item->name[0] >= '0' && item->name[0] <= '9'))
		(void)fault_at(faults, item_mark(item, NULL), "\"%s\" is not the name of a user",
			       item->name);
	for (size_t i = 0; i < user->ssh_keys.count; i++)
		if (!string_starts(user->ssh_keys.at[i], "ssh-") &&
		    !string_starts(user->ssh_keys.at[i], "ecdsa-") &&
		    !string_starts(user->ssh_keys.at[i], "sk-"))
			(void)fault_at(faults, item_mark(item, "ssh_keys"),
				       "\"%.20s...\" is not a public ssh key",
				       user->ssh_keys.at[i]);
	for (size_t i = 0; i < user->groups.count; i++)
		if (strpbrk(user->groups.at[i], ",: \t"))
			(void)fault_at(faults, item_mark(item, "groups"),
				       "\"%s\" is not the name of a group", user->groups.at[i]);
}

/* ---- looking ---- */

/* Field `index` of a line of passwd(5) or group(5), up to `end`. */
static const char *column(struct arena *arena, const char *line, size_t size, unsigned index)
{
	const char *end = line + size;

	while (index-- > 0) {
		const char *colon = memchr(line, ':', (size_t)(end - line));
		if (!colon)
			return "";
		line = colon + 1;
	}
	const char *colon = memchr(line, ':', (size_t)(end - line));
	return arena_strndup(arena, line, (size_t)((colon ? colon : end) - line));
}

static bool members_have(const char *members, const char *name)
{
	size_t size = strlen(name);

	while (*members) {
		size_t word = strcspn(members, ",");
		if (word == size && strncmp(members, name, size) == 0)
			return true;
		members += word + (members[word] == ',');
	}
	return false;
}

static void read_groups(struct arena *arena, const char *text, const char *name, struct user *user)
{
	while (text && *text) {
		size_t size = strcspn(text, "\n");
		if (members_have(column(arena, text, size, 3), name))
			text_list_push(arena, &user->groups, column(arena, text, size, 0));
		text += size + (text[size] == '\n');
	}
	record_give(&record, user, offsetof(struct user, groups), true);
}

static int read_keys(struct host *host, struct arena *arena, const char *name, struct user *user,
		     struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int found =
		host_read(host, arena_printf(arena, KEY_FOLDER "/%s", name), &text, &size, faults);

	if (found <= 0)
		return found;
	while (*text) {
		size_t line = strcspn(text, "\n");
		if (line && *text != '#')
			text_list_push(arena, &user->ssh_keys, arena_strndup(arena, text, line));
		text += line + (text[line] == '\n');
	}
	record_give(&record, user, offsetof(struct user, ssh_keys), true);
	return 0;
}

static bool is_named(const struct items *items, const char *name)
{
	return (items->wanted && items_find(items->wanted, &users_kind, name)) ||
	       (items->given && items_find(items->given, &users_kind, name));
}

static int observe_line(struct host *host, struct items *configured, const char *line, size_t size,
			const char *groups, struct faults *faults)
{
	struct arena *arena = configured->arena;
	const char *name = column(arena, line, size, 0);
	unsigned long id = strtoul(column(arena, line, size, 2), NULL, 10);

	/* Accounts of services are nobody's business, unless the description names one. */
	bool person = id == 0 || (id >= PERSON_FIRST && id <= PERSON_LAST);
	if (!*name || (!person && !is_named(configured, name)))
		return 0;
	struct item *item = items_add(configured, &users_kind, name);
	struct user *user = item->value;
	item->ours = string_starts(column(arena, line, size, 4), USER_COMMENT);
	SET(&record, user, shell, column(arena, line, size, 6));
	read_groups(arena, groups, name, user);
	return read_keys(host, arena, name, user, faults);
}

static int users_observe(struct host *host, struct items *configured, struct items *running,
			 struct faults *faults)
{
	const char *text = NULL, *groups = NULL;
	size_t size = 0;

	(void)running;
	if (host_read(host, "/etc/group", &groups, &size, faults) < 0)
		return -1;
	int found = host_read(host, "/etc/passwd", &text, &size, faults);
	if (found == 0)
		return fault(faults, FAULT_HOST, "there is no /etc/passwd");
	while (found > 0 && *text) {
		size_t line = strcspn(text, "\n");
		if (observe_line(host, configured, text, line, groups, faults) < 0)
			return -1;
		text += line + (text[line] == '\n');
	}
	return found < 0 ? -1 : 0;
}

/* ---- planning ---- */

static const char *key_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, KEY_FOLDER "/%s", name);
}

static void plan_keys(struct steps *steps, const struct item *item, const struct user *want)
{
	struct text text = text_of(steps->arena);

	text_addf(&text, FILE_MARK " for %s; changes here are overwritten\n", item->path);
	for (size_t i = 0; i < want->ssh_keys.count; i++)
		text_addf(&text, "%s\n", want->ssh_keys.at[i]);
	step_body(steps,
		  step_add(steps, VERB_file_write, CLASS_LIVE, key_path(steps->arena, item->name),
			   "0644", NULL),
		  text.at, text.size);
}

static void plan_groups(struct steps *steps, const char *name, const struct user *want)
{
	struct text text = text_of(steps->arena);

	for (size_t i = 0; i < want->groups.count; i++)
		text_addf(&text, i ? ",%s" : "%s", want->groups.at[i]);
	step_add(steps, VERB_user_groups, CLASS_LIVE, name, text.at);
}

static int plan_gone(const struct change *change, struct steps *steps)
{
	const char *name = change->last->name;
	const struct user *have = change->configured ? change->configured->value : NULL;

	if (have && GIVEN(&record, have, ssh_keys))
		step_add(steps, VERB_file_remove, CLASS_LIVE, key_path(steps->arena, name));
	/* What groups a foreign account had before us nobody knows: it keeps those it has. */
	if (change->configured && change->configured->ours)
		step_add(steps, VERB_user_remove, CLASS_LIVE, name);
	return 0;
}

static int users_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct user *want = change->want ? change->want->value : NULL;

	(void)faults;
	if (!want)
		return plan_gone(change, steps);
	if (!change->configured)
		step_add(steps, VERB_user_add, CLASS_NONE, change->want->name, want->shell);
	bool ours = !change->configured || change->configured->ours;
	if (paths_has(change->differs, "groups") && (ours || GIVEN(&record, want, groups)))
		plan_groups(steps, change->want->name, want);
	if (!paths_has(change->differs, "ssh_keys"))
		return 0;
	if (GIVEN(&record, want, ssh_keys))
		plan_keys(steps, change->want, want);
	else
		step_add(steps, VERB_file_remove, CLASS_LIVE,
			 key_path(steps->arena, change->want->name));
	return 0;
}

static const char *const needs[] = { "host", NULL };

const struct kind users_kind = {
	.path = "host.users",
	.summary = "accounts of people, and the keys they log in with",
	.shape = SHAPE_NAMED,
	.flags = KIND_UNMARKED, /* plan_gone looks at the mark: a foreign account is kept */
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = needs,
	.complete = users_complete,
	.check = users_check,
	.observe = users_observe,
	.same = same_name,
	.plan = users_plan,
	.render = render_nothing,
};
