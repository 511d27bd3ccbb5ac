/* system.c - the host itself: its name, its users, its time zone. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/write/exec.h"
#include "host/write/place.h"
#include "host/write/write.h"

/* ---- hostname_set ---- */

#define HOSTNAME_PATH "/etc/hostname"

static int hostname_file(struct write *write, struct host_file *ret_file, const char **ret_text,
			 size_t *ret_size, struct faults *faults)
{
	PLACE struct place place = { -1 };
	int there = place_open(write->arena, HOSTNAME_PATH, 0, &place, faults);

	if (there == 1)
		there = place_read(write->arena, &place, ret_file, ret_text, ret_size, faults);
	return there;
}

static int running_name(struct write *write, const char **ret, struct faults *faults)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof(name)) < 0)
		return fault_errno(faults, errno, "cannot see the host's name");
	*ret = arena_strdup(write->arena, name);
	return 0;
}

/* What the file is to say. */
static struct step file_step(struct write *write, const struct step *step)
{
	const char *line = arena_printf(write->arena, "%s\n", step->argument[0]);
	struct step file = {};

	if (step->argument[1]) {
		inverse_of(&file, VERB_file_remove, HOSTNAME_PATH, NULL, NULL);
		return file;
	}
	inverse_of(&file, VERB_file_write, HOSTNAME_PATH, "0644", NULL);
	inverse_body(&file, step->body ? step->body : line,
		     step->body ? step->body_size : strlen(line));
	return file;
}

int hostname_set_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	struct step wanted = file_step(write, step);
	struct host_file file = {};
	const char *text = NULL, *running = NULL;
	size_t size = 0;
	int there = hostname_file(write, &file, &text, &size, faults);

	if (there < 0 || running_name(write, &running, faults) < 0)
		return -1;
	bool same = there == 1 ? wanted.body && size == wanted.body_size &&
					 memcmp(text, wanted.body, size) == 0
			       : !wanted.body;
	if (same && string_equal(running, step->argument[0]))
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_hostname_set, running, there == 1 ? NULL : "none", NULL);
	return there == 1 ? inverse_body(ret, text, size) : 0;
}

int hostname_set_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	struct step file = file_step(write, step);
	const char *name = step->argument[0], *running = NULL;
	struct outcome written = {};
	int done = -1;

	if (running_name(write, &running, faults) == 0)
		done = file.verb == VERB_file_remove
			       ? file_remove_perform(write, &file, &written, faults)
			       : file_write_perform(write, &file, &written, faults);
	if (done < 0)
		return -1;
	if (string_equal(running, name))
		return outcome_is(ret, written.result);
	if (sethostname(name, strlen(name)) < 0)
		return fault_errno(faults, errno, "cannot name the host \"%s\"", name);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- users ---- */

enum { NSS_BUFFER = 16 * 1024, GROUPS_MAX = 256 };

/* 1 there, 0 not, -1. */
static int user_find(struct write *write, const char *name, struct passwd *ret,
		     struct faults *faults)
{
	char *buffer = arena_alloc(write->arena, NSS_BUFFER);
	struct passwd *found = NULL;
	int error = getpwnam_r(name, ret, buffer, NSS_BUFFER, &found);

	if (error && error != ENOENT && error != ESRCH)
		return fault_errno(faults, error, "cannot look up the user \"%s\"", name);
	return found != NULL;
}

/* Names reach the argument vector of a program that takes options. */
static int check_user_name(const char *name, struct faults *faults)
{
	bool plain = *name && *name != '-' && strlen(name) < 33;

	for (const char *at = name; *at; at++)
		plain &= (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') ||
			 (*at && strchr("_.-", *at));
	return plain ? 0 : fault(faults, FAULT_HOST, "\"%s\" is no user or group name", name);
}

int user_add_inverse(struct write *write, const struct step *step, struct step *ret,
		     struct faults *faults)
{
	struct passwd user = {};
	int there = user_find(write, step->argument[0], &user, faults);

	if (there)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_user_remove, step->argument[0], NULL, NULL);
}

int user_add_perform(struct write *write, const struct step *step, struct outcome *ret,
		     struct faults *faults)
{
	const char *name = step->argument[0];
	const char *const argv[] = { "useradd", "--create-home",   "--comment", "made by gasthof",
				     "--shell", step->argument[1], "--",        name,
				     NULL };
	struct exec exec = { .argv = argv };
	struct passwd user = {};
	int there = user_find(write, name, &user, faults);

	if (there)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (check_user_name(name, faults) < 0 || exec_run(write->arena, &exec, NULL, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int user_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	struct passwd user = {};
	int there = user_find(write, step->argument[0], &user, faults);

	if (there <= 0)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_user_add, step->argument[0], user.pw_shell, NULL);
}

int user_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *name = step->argument[0];
	const char *const argv[] = { "userdel", "--", name, NULL };
	struct exec exec = { .argv = argv };
	struct passwd user = {};
	int there = user_find(write, name, &user, faults);

	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (user.pw_uid == 0)
		return fault(faults, FAULT_HOST, "root is not removed");
	if (check_user_name(name, faults) < 0 || exec_run(write->arena, &exec, NULL, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in byte order, each once, with commas between. */
static const char *names_join(struct arena *arena, const char **names, size_t count)
{
	struct text text = text_of(arena);

	qsort(names, count, sizeof(*names), name_order);
	for (size_t i = 0; i < count; i++)
		if (!i || !string_equal(names[i], names[i - 1]))
			text_addf(&text, "%s%s", text.size ? "," : "", names[i]);
	return text.at;
}

static const char *groups_sorted(struct arena *arena, const char *groups)
{
	const char *names[GROUPS_MAX];
	size_t count = 0;

	for (const char *at = groups; *at && count < GROUPS_MAX;) {
		size_t size = strcspn(at, ",");
		if (size)
			names[count++] = arena_strndup(arena, at, size);
		at += size + (at[size] == ',');
	}
	return names_join(arena, names, count);
}

/* The extra groups of a user: those beside its own. */
static int groups_of(struct write *write, const struct passwd *user, const char **ret,
		     struct faults *faults)
{
	gid_t ids[GROUPS_MAX];
	const char *names[GROUPS_MAX];
	int count = GROUPS_MAX;
	size_t found = 0;
	char buffer[NSS_BUFFER];

	if (getgrouplist(user->pw_name, user->pw_gid, ids, &count) < 0)
		return fault(faults, FAULT_HOST, "\"%s\" is in too many groups", user->pw_name);
	for (int i = 0; i < count; i++) {
		struct group entry, *group = NULL;
		if (ids[i] == user->pw_gid)
			continue;
		getgrgid_r(ids[i], &entry, buffer, sizeof(buffer), &group);
		names[found++] = group ? arena_strdup(write->arena, group->gr_name)
				       : arena_printf(write->arena, "%u", ids[i]);
	}
	*ret = names_join(write->arena, names, found);
	return 0;
}

int user_groups_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	struct passwd user = {};
	const char *groups = "";
	int there = user_find(write, step->argument[0], &user, faults);

	/* One that is not there yet is taken away again by its own step. */
	if (there < 0 || (there == 1 && groups_of(write, &user, &groups, faults) < 0))
		return -1;
	if (!there || string_equal(groups, groups_sorted(write->arena, step->argument[1])))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_user_groups, step->argument[0], groups, NULL);
}

int user_groups_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *wanted = groups_sorted(write->arena, step->argument[1]), *groups = NULL;
	const char *const argv[] = { "usermod", "--groups", wanted, "--", step->argument[0], NULL };
	struct exec exec = { .argv = argv };
	struct passwd user = {};
	int there = user_find(write, step->argument[0], &user, faults);

	if (there < 0)
		return -1;
	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no user \"%s\"", step->argument[0]);
	if (groups_of(write, &user, &groups, faults) < 0)
		return -1;
	if (string_equal(groups, wanted))
		return outcome_is(ret, RESULT_SAME);
	if (check_user_name(step->argument[0], faults) < 0 ||
	    exec_run(write->arena, &exec, NULL, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* ---- timezone_set ---- */

#define LOCALTIME_PATH "/etc/localtime"
#define ZONES_PATH     "/usr/share/zoneinfo/"

/* The zone of a link's target or of an argument, "" where it names none. */
static const char *zone_in(const char *target)
{
	const char *zone = strstr(target, "zoneinfo/");

	return zone ? zone + strlen("zoneinfo/") : *target == '/' || *target == '.' ? "" : target;
}

/* What /etc/localtime points to (localtime(5)); "UTC" where it is not there, as libc has it; NULL
 * where it is anything else than a link to a zone. */
static int zone_now(struct write *write, const char **ret, struct faults *faults)
{
	char target[PATH_MAX];
	ssize_t size = readlink(LOCALTIME_PATH, target, sizeof(target) - 1);

	*ret = "UTC";
	if (size < 0 && errno == ENOENT)
		return 0;
	if (size < 0 && errno != EINVAL)
		return fault_errno(faults, errno, "cannot see the time zone");
	target[size < 0 ? 0 : size] = '\0';
	*ret = *target && *zone_in(target) ? arena_strdup(write->arena, target) : NULL;
	return 0;
}

int timezone_set_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	const char *zone = NULL;

	if (zone_now(write, &zone, faults) < 0)
		return -1;
	if (!zone || string_equal(zone_in(zone), zone_in(step->argument[0])))
		return inverse_nothing(write, step, ret, faults);
	/* An absolute link comes back as one. */
	return inverse_of(ret, VERB_timezone_set, *zone == '/' ? zone : zone_in(zone), NULL, NULL);
}

int timezone_set_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	PLACE struct place place = { -1 };
	const char *wanted = step->argument[0], *zone = NULL;
	const char *path = arena_printf(write->arena, ZONES_PATH "%s", zone_in(wanted));
	const char *target = *wanted == '/' ? path : arena_printf(write->arena, "..%s", path);
	struct stat status;

	if (zone_now(write, &zone, faults) < 0)
		return -1;
	if (zone && string_equal(zone_in(zone), zone_in(wanted)))
		return outcome_is(ret, RESULT_SAME);
	if (strstr(wanted, "..") || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return fault(faults, FAULT_HOST, "there is no time zone \"%s\"", zone_in(wanted));
	if (place_open(write->arena, LOCALTIME_PATH, 0, &place, faults) < 0)
		return -1;
	const char *temporary = place_temporary(write->arena, &place);
	unlinkat(place.folder, temporary, 0);
	if (symlinkat(target, place.folder, temporary) < 0 ||
	    renameat(place.folder, temporary, place.folder, place.name) < 0 ||
	    fsync(place.folder) < 0)
		return fault_errno(faults, errno, "cannot set the time zone");
	return outcome_is(ret, RESULT_DONE);
}
