/* host.c - the host's own name, its time (host_time.c), and what sshd reads. */
#include "kinds/host.h"

#include <string.h>

#include "base/name.h"
#include "kinds/files.h"

#define SSHD_DROPIN "/etc/ssh/sshd_config.d/20-gasthof-users.conf"

static const struct field fields[] = {
	FIELD_TEXT("name", struct host_settings, name, &type_name, CLASS_LIVE,
		   "host name (hostname(5))", .example = "kvm-01"),
	FIELD("timezone", struct host_settings, timezone, CLASS_LIVE, "time zone (/etc/localtime)",
	      .flags = FIELD_NOT_RUNNING, .fallback = "Etc/UTC", .example = "Europe/Berlin"),
	FIELD_TEXT(
		"ntp", struct host_settings, ntp, &type_text, CLASS_LIVE,
		"time servers, in the order of preference (systemd-timesyncd, timesyncd.conf(5))",
		.flags = FIELD_NOT_RUNNING, .example = "[time.lab.example]"),
	FIELD("ntp_enabled", struct host_settings, ntp_enabled, CLASS_LIVE,
	      "systemd-timesyncd starts at boot", .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING,
	      .fallback = "true"),
	FIELD("ntp_runs", struct host_settings, ntp_runs, CLASS_LIVE, "systemd-timesyncd runs",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED, .fallback = "true"),
	FIELD("key_folder", struct host_settings, key_folder, CLASS_LIVE,
	      "sshd reads keys of described users (AuthorizedKeysFile)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING, .fallback = "false"),
};
const struct record host_record = RECORD(struct host_settings, fields);

static const char sshd_dropin[] =
	FILE_MARK " for host; changes here are overwritten\n"
		  "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u\n";

/* A name of the language may hold more than one of a host: labels of letters, digits and hyphens
 * between dots (hostname(7), RFC 1123, 2.1). */
static void host_check(const struct item *item, const struct desired *desired,
		       struct faults *faults)
{
	static const char *const foreign[] = { "_", "..", ".-", "-." };
	const struct host_settings *host = item->value;

	for (size_t i = 0; GIVEN(&host_record, host, name) && i < COUNT_OF(foreign); i++)
		if (strstr(host->name, foreign[i])) {
			fault_at(faults, item_mark(item, "name"),
				 "a host's name has no \"%s\" in it", foreign[i]);
			fault_hint(faults, "letters, digits and hyphens, and dots between labels");
		}
	host_check_time(item, desired, faults);
}

static int observe_name(struct host *host, const char *path, struct host_settings *seen,
			struct faults *faults)
{
	const char *line = NULL;
	int found = host_read_line(host, path, &line, faults);

	if (found > 0 && *line)
		SET(&host_record, seen, name, line);
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
	SET(&host_record, file, key_folder, found > 0 && strcmp(dropin, sshd_dropin) == 0);
	if (observe_name(host, "/etc/hostname", file, faults) < 0 ||
	    observe_name(host, "/proc/sys/kernel/hostname", now, faults) < 0 ||
	    host_observe_time(host, file, now, faults) < 0)
		return -1;
	return 0;
}

static int host_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct host_settings *want = change->want ? change->want->value : NULL;

	/* A name has no default to go back to: the last one stays. */
	if (want && GIVEN(&host_record, want, name) && paths_has(change->differs, "name"))
		step_add(steps, VERB_hostname_set, CLASS_LIVE, want->name, NULL);
	if (host_plan_time(change, steps, faults) < 0)
		return -1;
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

/* What somebody answered when the host was set up. */
static int host_describe(struct describing *describing, struct faults *faults)
{
	extern const struct kind host_kind;
	const struct host_settings *there = describing->configured->value;
	const char *zone = GIVEN(&host_record, there, timezone) ? there->timezone : NULL;

	(void)faults;
	if (!GIVEN(&host_record, there, name) && !zone)
		return 0;
	struct host_settings *said = items_add(describing->items, &host_kind, "")->value;
	if (GIVEN(&host_record, there, name) && name_is_valid(there->name))
		SET(&host_record, said, name, there->name);
	if (zone)
		SET(&host_record, said, timezone, zone);
	return 1;
}

static const char *const needs[] = { "require", NULL };

const struct kind host_kind = {
	.path = "host",
	.summary = "the host itself: its name, time, users and sysctls",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS,
	.adopt = ADOPT_QUIETLY,
	.record = &host_record,
	.needs = needs,
	.complete = host_complete_time,
	.check = host_check,
	.observe = host_observe,
	.same = same_name,
	.plan = host_plan,
	.render = render_nothing,
	.describe = host_describe,
};
