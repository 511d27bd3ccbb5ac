/* host_time.c - the host's time zone, and where it has the time from.
 *
 * Servers stand in a drop-in of ours for systemd-timesyncd (timesyncd.conf(5)), which is made to
 * start at each boot; it reads its files when it starts.
 */
#include <string.h>

#include "base/text.h"
#include "formats/ours.h"
#include "kinds/file.h"
#include "kinds/host.h"

#define TIMESYNC "systemd-timesyncd.service"
#define DROPIN   "/etc/systemd/timesyncd.conf.d/20-gasthof.conf"

/* ---- what is asked for ---- */

static bool timezone_is_sane(const char *timezone)
{
	return *timezone && *timezone != '/' && !strstr(timezone, "..") &&
	       strspn(timezone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789_+-/") == strlen(timezone);
}

/* A host's name or an address. */
static bool server_is_sane(const char *server)
{
	return *server && *server != '-' &&
	       strspn(server, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789.:-%") == strlen(server);
}

void host_complete_time(struct item *item, struct desired *desired, struct faults *faults)
{
	struct host_settings *host = item->value;

	(void)desired, (void)faults;
	if (!GIVEN(&host_record, host, ntp))
		return;
	SET(&host_record, host, ntp_enabled, true);
	SET(&host_record, host, ntp_runs, true);
}

void host_check_time(const struct item *item, const struct desired *desired, struct faults *faults)
{
	const struct host_settings *host = item->value;

	(void)desired;
	if (GIVEN(&host_record, host, timezone) && !timezone_is_sane(host->timezone)) {
		(void)fault_at(faults, item_mark(item, "timezone"),
			       "\"%s\" is not the name of a time zone", host->timezone);
		fault_hint(faults, "as in Europe/Berlin");
	}
	if (GIVEN(&host_record, host, ntp) && !host->ntp.count)
		(void)fault_at(faults, item_mark(item, "ntp"), "no time server is named");
	for (size_t i = 0; i < host->ntp.count; i++)
		if (!server_is_sane(host->ntp.at[i]))
			(void)fault_at(faults, item_mark(item, "ntp"),
				       "\"%s\" is not the name of a time server", host->ntp.at[i]);
}

static const char *dropin_text(struct arena *arena, const struct text_list *servers)
{
	struct text text = text_of(arena);

	ours_header(&text, "host");
	text_add(&text, "[Time]\nNTP=");
	for (size_t i = 0; i < servers->count; i++)
		text_addf(&text, "%s%s", i ? " " : "", servers->at[i]);
	text_add(&text, "\n");
	return text.at;
}

/* ---- what is there ---- */

/* A copy of a zone's file instead of a link says nothing: it is put right like another zone. */
static int observe_timezone(struct host *host, struct host_settings *seen, struct faults *faults)
{
	const char *target = NULL;
	struct host_file file = {};
	int found = host_stat(host, "/etc/localtime", &file, faults);

	if (found <= 0 || file.kind != FILE_LINK)
		return found < 0 ? -1 : 0;
	if (host_link(host, "/etc/localtime", &target, faults) < 0)
		return -1;
	const char *zone = target ? strstr(target, "zoneinfo/") : NULL;
	if (zone)
		SET(&host_record, seen, timezone, zone + strlen("zoneinfo/"));
	return 0;
}

static void servers_read(struct arena *arena, const char *text, struct text_list *ret)
{
	ARRAY(const char *) servers = {};
	const char *line = strstr(text, "\nNTP=");

	for (line = line ? line + strlen("\nNTP=") : ""; *line && *line != '\n';) {
		size_t size = strcspn(line, " \n");
		if (size)
			ARRAY_PUSH(arena, &servers, arena_strndup(arena, line, size));
		line += size + (line[size] == ' ');
	}
	*ret = (struct text_list){ servers.at, servers.count };
}

/* What was edited by hand and says something else than one line of servers is not ours any more. */
static int observe_dropin(struct host *host, struct host_settings *seen, struct faults *faults)
{
	struct text_list servers = {};
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, DROPIN, &text, &size, faults);

	if (there <= 0)
		return there;
	seen->ntp_text = text;
	servers_read(host->arena, text, &servers);
	if (strcmp(text, dropin_text(host->arena, &servers)) != 0)
		servers = (struct text_list){};
	SET(&host_record, seen, ntp, servers);
	return 0;
}

int host_observe_time(struct host *host, struct host_settings *configured,
		      struct host_settings *running, struct faults *faults)
{
	struct host_unit unit = {};

	if (observe_timezone(host, configured, faults) < 0 ||
	    observe_dropin(host, configured, faults) < 0)
		return -1;
	int there = host_unit(host, TIMESYNC, &unit, faults);
	if (there < 0)
		return -1;
	configured->ntp_there = there;
	SET(&host_record, configured, ntp_enabled, there && string_equal(unit.enabled, "enabled"));
	SET(&host_record, running, ntp_runs, there && (host_unit_runs(&unit) || unit.skipped));
	return 0;
}

/* ---- steps ---- */

static int plan_servers(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct host_settings *want = change->want ? change->want->value : NULL;
	const struct host_settings *file = change->configured->value;
	bool wanted = want && GIVEN(&host_record, want, ntp);

	if (wanted && !file->ntp_there) {
		(void)fault(faults, FAULT_MACHINE, "systemd-timesyncd is not installed");
		fault_last(faults)->mark = item_mark(change->want, "ntp");
		fault_hint(faults, "install the package systemd-timesyncd");
		return -1;
	}
	bool changed =
		plan_file(steps, DROPIN, wanted ? dropin_text(steps->arena, &want->ntp) : NULL,
			  file->ntp_text);
	if (wanted && paths_has(change->differs, "ntp_enabled"))
		step_add(steps, VERB_unit_enable, CLASS_NONE, TIMESYNC);
	if (wanted && paths_has(change->differs, "ntp_runs"))
		step_add(steps, VERB_unit_start, CLASS_LIVE, TIMESYNC);
	else if (changed)
		step_add(steps, VERB_unit_restart, CLASS_LIVE, TIMESYNC);
	return 0;
}

int host_plan_time(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct host_settings *want = change->want ? change->want->value : NULL;

	if (paths_has(change->differs, "timezone"))
		step_add(steps, VERB_timezone_set, CLASS_LIVE,
			 want && GIVEN(&host_record, want, timezone) ? want->timezone : "Etc/UTC");
	if (!paths_has(change->differs, "ntp") && !paths_has(change->differs, "ntp_enabled") &&
	    !paths_has(change->differs, "ntp_runs"))
		return 0;
	return plan_servers(change, steps, faults);
}
