/* host.c - the host's own name and time zone. */
#include <string.h>

#include "base/text.h"
#include "host/read/host.h"
#include "kinds/files.h"
#include "resource/desired.h"

struct host_settings {
	struct given given;
	const char *name;
	const char *timezone;
	bool key_folder; /* sshd also reads keys from /etc/ssh/authorized_keys.d */
};

#define ZONES       "/usr/share/zoneinfo/"
#define SSHD_DROPIN "/etc/ssh/sshd_config.d/20-gasthof-users.conf"

static const struct field fields[] = {
	FIELD_TEXT("name", struct host_settings, name, &type_name, CLASS_LIVE,
		   "host name (hostname(5))", .example = "kvm-01"),
	FIELD("timezone", struct host_settings, timezone, CLASS_LIVE, "time zone (/etc/localtime)",
	      .flags = FIELD_NOT_RUNNING, .fallback = "Etc/UTC", .example = "Europe/Berlin"),
	FIELD("key_folder", struct host_settings, key_folder, CLASS_LIVE,
	      "sshd reads keys of described users (AuthorizedKeysFile)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING, .fallback = "false"),
};
static const struct record record = RECORD(struct host_settings, fields);

static const char sshd_dropin[] =
	FILE_MARK " for host; changes here are overwritten\n"
		  "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u\n";

static bool timezone_is_sane(const char *timezone)
{
	return *timezone && *timezone != '/' && !strstr(timezone, "..") &&
	       strspn(timezone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789_+-/") == strlen(timezone);
}

static void host_check(const struct item *item, const struct desired *desired,
		       struct faults *faults)
{
	const struct host_settings *host = item->value;

	(void)desired;
	if (GIVEN(&record, host, timezone) && !timezone_is_sane(host->timezone)) {
		(void)fault_at(faults, item_mark(item, "timezone"),
			       "\"%s\" is not the name of a time zone", host->timezone);
		fault_hint(faults, "as in Europe/Berlin");
	}
}

static int observe_timezone(struct host *host, struct host_settings *seen, struct faults *faults)
{
	const char *target = NULL;
	int found = host_link(host, "/etc/localtime", &target, faults);

	if (found <= 0)
		return found;
	const char *zone = strstr(target, "zoneinfo/");
	if (zone)
		SET(&record, seen, timezone, zone + strlen("zoneinfo/"));
	return 0;
}

static int observe_name(struct host *host, const char *path, struct host_settings *seen,
			struct faults *faults)
{
	const char *line = NULL;
	int found = host_read_line(host, path, &line, faults);

	if (found > 0 && *line)
		SET(&record, seen, name, line);
	return found < 0 ? -1 : 0;
}

static int host_observe(struct host *host, struct items *configured, struct items *running,
			struct faults *faults)
{
	extern const struct kind host_kind;
	struct host_settings *file = items_add(configured, &host_kind, "")->value;
	struct host_settings *now = items_add(running, &host_kind, "")->value;
	const char *dropin = NULL;
	size_t size = 0;

	int found = host_read(host, SSHD_DROPIN, &dropin, &size, faults);
	if (found < 0)
		return -1;
	SET(&record, file, key_folder, found > 0 && strcmp(dropin, sshd_dropin) == 0);
	if (observe_name(host, "/etc/hostname", file, faults) < 0 ||
	    observe_name(host, "/proc/sys/kernel/hostname", now, faults) < 0 ||
	    observe_timezone(host, file, faults) < 0)
		return -1;
	return 0;
}

static int host_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct host_settings *want = change->want ? change->want->value : NULL;

	(void)faults;
	/* A name has no default to go back to: the last one stays. */
	if (want && GIVEN(&record, want, name) && paths_has(change->differs, "name"))
		step_add(steps, VERB_hostname_set, CLASS_LIVE, want->name, NULL);
	if (paths_has(change->differs, "timezone"))
		step_add(steps, VERB_timezone_set, CLASS_LIVE,
			 want && GIVEN(&record, want, timezone) ? want->timezone : "Etc/UTC");
	if (!paths_has(change->differs, "key_folder"))
		return 0;
	if (want && want->key_folder)
		step_body(steps,
			  step_add(steps, VERB_file_write, CLASS_LIVE, SSHD_DROPIN, "0644", NULL),
			  sshd_dropin, strlen(sshd_dropin));
	else
		step_add(steps, VERB_file_remove, CLASS_LIVE, SSHD_DROPIN);
	/* Not a reload: sshd that ssh.socket started closes the socket it was given, and cannot
	 * open it again ("Cannot bind any address").  Sessions survive this (KillMode=process). */
	step_add(steps, VERB_unit_restart, CLASS_LIVE, "ssh.service");
	return 0;
}

static const char *const needs[] = { "require", NULL };

const struct kind host_kind = {
	.path = "host",
	.summary = "the host itself: its name, time, users and sysctls",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = needs,
	.complete = complete_nothing,
	.check = host_check,
	.observe = host_observe,
	.same = same_name,
	.plan = host_plan,
	.render = render_nothing,
};
