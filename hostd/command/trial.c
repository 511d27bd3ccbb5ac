/* trial.c - what judges a boot that is on trial (gasthof-healthy.service, gasthof-trial.timer).
 *
 *	gasthof trial judge|expire
 *
 * A boot is kept when all that was well before is well again: the agent ended its first run
 * with no fault that is new, and every link that had an address has one.  Else the reason is
 * written down and the machine rebooted, which brings the line before back.  `expire` comes
 * when the time is over, whatever became of `judge`.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "command/command.h"
#include "command/state_file.h"
#include "formats/trial.h"
#include "resource/step.h"

#define AGENT "gasthof.service"

enum {
	JUDGE_SECONDS = 540, /* from power-on; gasthof-trial.timer ends it at 600 */
	LOOK_MILLISECONDS = 2000,
};

struct judging {
	struct session *session;
	struct host *host;
	uint32_t generation; /* of the boot that runs */
	struct trial trial;
	const char *why; /* not healthy, or not yet; NULL: healthy */
	bool hopeless;   /* waiting will not help */
};

/* ---- the files ---- */

/* 1: read, 0: not there, -1. */
static int file_read(struct judging *judging, const char *path, const struct record *record,
		     void *value)
{
	struct faults *faults = &judging->session->faults;
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(judging->host, path, &text, &size, faults);

	if (found <= 0)
		return found;
	return trial_read(judging->session->arena, record, text, value, faults) < 0 ? -1 : 1;
}

/* Whether this boot is on trial and still to be judged; -1. */
static int standing(struct judging *judging)
{
	struct faults *faults = &judging->session->faults;
	struct verdict verdict = {};
	struct host_file folder = {};
	const char *line = NULL;
	int found = host_read_line(judging->host, "/proc/cmdline", &line, faults);

	if (found <= 0)
		return found < 0 ? -1 : TRIAL_SETTLED;
	trial_strip(judging->session->arena, line, &judging->generation);
	if (!judging->generation)
		return TRIAL_SETTLED;
	int there = host_stat(judging->host, TRIAL_FOLDER, &folder, faults);
	int asked = file_read(judging, TRIAL_FILE, &trial_record, &judging->trial);
	int judged = file_read(judging, VERDICT_FILE, &verdict_record, &verdict);
	if (there < 0 || asked < 0 || judged < 0)
		return -1;
	return (int)trial_standing(judging->generation, there > 0, asked ? &judging->trial : NULL,
				   judged ? &verdict : NULL);
}

/* ---- health ---- */

static void not_well(struct judging *judging, bool hopeless, const char *why)
{
	judging->why = why;
	judging->hopeless = hopeless;
}

static void look_links(struct judging *judging)
{
	struct arena *arena = judging->session->arena;
	struct host_links links = {};
	struct faults unheard;

	faults_init(&unheard, arena);
	if (host_links(judging->host, &links, &unheard) < 0) {
		not_well(judging, false, "the host's links could not be looked at");
		return;
	}
	for (size_t i = 0; i < judging->trial.links.count; i++) {
		const char *name = judging->trial.links.at[i];
		bool reached = false;
		EACH(link, &links.list)
			reached |= string_equal(link->name, name) && link->addresses.count;
		if (!reached)
			not_well(judging, false,
				 arena_printf(arena, "link %s has no address", name));
	}
}

static void look_agent(struct judging *judging)
{
	struct arena *arena = judging->session->arena;
	struct host_unit unit = {};
	struct faults unheard;
	const char *flaw = NULL;

	faults_init(&unheard, arena);
	int found = host_unit(judging->host, AGENT, &unit, &unheard);
	if (found == 0 || (found > 0 && string_equal(unit.load, "masked")))
		not_well(judging, true, AGENT " is masked or not there");
	else if (found < 0)
		not_well(judging, false, "systemd could not be asked about " AGENT);
	else if (string_equal(unit.active, "failed"))
		not_well(judging, false, AGENT " failed");
	else if ((flaw = trial_run_flaw(arena, &judging->trial, state_read(judging->session))))
		not_well(judging, false, flaw);
}

static void look(struct judging *judging)
{
	judging->why = NULL;
	judging->hopeless = false;
	host_forget(judging->host);
	look_links(judging);
	if (judging->trial.agent && !judging->why)
		look_agent(judging);
}

static unsigned seconds_up(void)
{
	struct timespec now = {};

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (unsigned)now.tv_sec;
}

/* Looks whenever the agent has ended a run, and now and then. */
static void wait_for_health(struct judging *judging)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct pollfd ready = { .fd = watch, .events = POLLIN };
	char events[4096];

	if (watch >= 0)
		inotify_add_watch(watch, "/run/gasthof", IN_MOVED_TO);
	for (look(judging); judging->why && !judging->hopeless && seconds_up() < JUDGE_SECONDS;
	     look(judging))
		if (poll(&ready, watch >= 0, LOOK_MILLISECONDS) > 0)
			while (read(watch, events, sizeof(events)) > 0)
				continue;
	if (watch >= 0)
		close(watch);
}

/* ---- the verdict ---- */

static int perform(struct judging *judging, struct performer *performer, const struct step *step)
{
	struct outcome outcome = {};

	return performer->perform(performer, judging->session->arena, step, NULL, &outcome,
				  &judging->session->faults);
}

static int verdict_write(struct judging *judging, struct performer *performer)
{
	struct verdict *verdict = record_new(judging->session->arena, &verdict_record);

	SET(&verdict_record, verdict, generation, judging->trial.generation);
	SET(&verdict_record, verdict, healthy, !judging->why);
	if (judging->why)
		SET(&verdict_record, verdict, why, judging->why);
	const char *text = trial_print(judging->session->arena, &verdict_record, verdict);
	struct step step = {
		.verb = VERB_file_write,
		.argument = { VERDICT_FILE, "0600" },
		.body = text,
		.body_size = strlen(text),
	};
	return perform(judging, performer, &step);
}

static int conclude(struct judging *judging)
{
	const struct host_module *module = host_module_load(&judging->session->faults);
	struct performer *performer =
		module ? module->open_performer(judging->session->arena, &judging->session->faults)
		       : NULL;
	/* Whatever started this kernel, the firmware starts the one before. */
	struct step reboot = { .verb = VERB_host_reboot,
			       .class = CLASS_REBOOT,
			       .argument = { "firmware" } };

	if (!performer)
		return session_fail(judging->session);
	/* What cannot be seen is not written beside what belongs there either. */
	int done = judging->trial.generation ? verdict_write(judging, performer) : 0;
	fprintf(judging->session->reporter.out, "trial %u, %s: %s\n", judging->generation,
		judging->trial.changed ? judging->trial.changed : "(not known)",
		judging->why ? judging->why : "healthy");
	if (judging->why && perform(judging, performer, &reboot) < 0)
		done = -1;
	performer->close(performer);
	if (done < 0)
		return session_fail(judging->session);
	return judging->why ? EXIT_FAILED : EXIT_DONE;
}

/* Its time is over, whatever it looks like now. */
static void look_expired(struct judging *judging)
{
	look(judging);
	if (!judging->why)
		judging->why = "nothing judged it in time";
	judging->why = arena_printf(judging->session->arena, "%u seconds after its start %s",
				    seconds_up(), judging->why);
}

int command_trial(struct session *session)
{
	struct judging judging = { .session = session, .host = session_host(session) };
	bool expired = strcmp(session_argument(session, 0, "judge"), "expire") == 0;
	int open = judging.host ? standing(&judging) : -1;
	int status = open < 0 ? session_fail(session) : EXIT_DONE;

	if (open == TRIAL_LOST)
		not_well(&judging, true, TRIAL_FOLDER " is not there: it was not mounted");
	else if (open == TRIAL_OPEN && expired)
		look_expired(&judging);
	else if (open == TRIAL_OPEN)
		wait_for_health(&judging);
	if (open == TRIAL_LOST || open == TRIAL_OPEN) {
		status = conclude(&judging);
		if (expired) /* the reboot that it asked for is no failure, and not to be forced */
			status = status == EXIT_FAILED && !session->faults.count ? EXIT_DONE
										 : EXIT_FAILED;
	}
	host_close(judging.host);
	return status;
}
