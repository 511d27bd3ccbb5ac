#include "agent/agent.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "agent/alive.h"
#include "agent/bus.h"
#include "agent/folders.h"
#include "agent/listener.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "host/read/files.h"
#include "host/write/exec.h"
#include "kinds/networks.h"

#define DESCRIPTION_FOLDER "/etc/gasthof"
#define SILENCE_OPTION     "--silence=" /* seconds after which a run hangs */
#define EVERY_OPTION       "--every="   /* seconds between two looks for drift */

enum {
	LOOK_SECONDS = 60,  /* between two looks for drift */
	SETTLE_SECONDS = 1, /* what changes, changes again soon: a file, a guest */
	/* Looks because of what libvirt told: so many one after another, then one in so many
	 * seconds.  A guest that falls over whenever it is started is no reason for more. */
	HEARD_LOOKS = 10,
	HEARD_SECONDS = 12,
};

/* Why a run is started; the word is its argument. */
enum reason { REASON_NONE, REASON_LOOK, REASON_CHANGE, REASON_START };
static const char *const reasons[] = { NULL, "look", "change", "start" };

struct agent {
	sd_event *loop;
	sd_event_source *tick, *settle, *due;
	unsigned every;   /* seconds between two looks */
	enum reason next; /* to be started when the run at hand has ended */
	enum reason settling;
	pid_t run; /* 0: none at hand */
	bool ending;
	bool heard;           /* something that no run has looked at since */
	uint64_t heard_looks; /* paid for until then, CLOCK_MONOTONIC: HEARD_SECONDS each */
	struct agent_bus bus;
	struct folders folders;
	struct alive alive;
	struct listener listener;
};

static void complain(const char *what, int error)
{
	sd_journal_print(LOG_ERR, "%s: %s", what, strerror(error));
}

static int run_ended(sd_event_source *source, const siginfo_t *info, void *context);

static int run_spawn(struct agent *agent, struct arena *arena, int signs)
{
	const char *number = arena_printf(arena, "%d", signs);
	const char *const argv[] = { "/proc/self/exe", "run", reasons[agent->next],
				     signs < 0 ? NULL : number, NULL };
	struct faults faults;

	faults_init(&faults, arena);
	if (exec_spawn(argv, signs, &agent->run, &faults) == 0)
		return 0;
	sd_journal_print(LOG_ERR, "%s", faults.first->message);
	return -1;
}

/* Starts the run that is due, unless one is at hand. */
static void run_start(struct agent *agent)
{
	if (agent->run || agent->next == REASON_NONE || agent->ending)
		return;
	ARENA_AUTO struct arena *arena = arena_new();
	FILES_CLOSE int signs = alive_open(&agent->alive);
	if (signs < 0)
		complain("cannot listen to the run", -signs);
	else
		listener_pass_on(&agent->listener, agent->alive.fd);
	agent->heard = false;
	if (run_spawn(agent, arena, signs) == 0) {
		int error = sd_event_add_child(agent->loop, NULL, agent->run, WEXITED, run_ended,
					       agent);
		if (error < 0)
			complain("cannot wait for the run", -error);
		if (signs >= 0)
			alive_watch(&agent->alive, agent->run);
		sd_notifyf(0, "STATUS=run at hand: %s", reasons[agent->next]);
		agent_bus_run(&agent->bus, reasons[agent->next]);
	} else {
		alive_close(&agent->alive);
	}
	agent->next = REASON_NONE;
}

static void run_want(struct agent *agent, enum reason reason)
{
	if (reason > agent->next)
		agent->next = reason;
	run_start(agent);
}

/* Asked for over the bus. */
static void run_asked(void *context, const char *reason)
{
	run_want(context, strcmp(reason, reasons[REASON_LOOK]) == 0 ? REASON_LOOK : REASON_CHANGE);
}

/* ---- what libvirt tells ---- */

static int look_due(sd_event_source *source, uint64_t now, void *context)
{
	struct agent *agent = context;

	(void)source;
	/* A run at hand may still look at it. */
	if (!agent->heard || agent->run)
		return 0;
	if (agent->heard_looks < now)
		agent->heard_looks = now;
	agent->heard_looks += HEARD_SECONDS * 1000000ULL;
	sd_journal_print(LOG_DEBUG, "looks, as libvirt tells of a change");
	run_want(agent, REASON_LOOK);
	return 0;
}

/* Not put off by what is heard after it: several changes are one look. */
static void heard(void *context)
{
	const uint64_t ahead = HEARD_LOOKS * HEARD_SECONDS * 1000000ULL;
	struct agent *agent = context;
	int enabled = SD_EVENT_OFF;
	uint64_t at = 0;

	agent->heard = true;
	if (sd_event_source_get_enabled(agent->due, &enabled) >= 0 && enabled != SD_EVENT_OFF)
		return;
	if (sd_event_now(agent->loop, CLOCK_MONOTONIC, &at) < 0)
		return;
	at += SETTLE_SECONDS * 1000000ULL;
	if (agent->heard_looks > at + ahead)
		at = agent->heard_looks - ahead;
	if (sd_event_source_set_time(agent->due, at) >= 0)
		sd_event_source_set_enabled(agent->due, SD_EVENT_ONESHOT);
}

static void run_said(void *context, char sign)
{
	struct agent *agent = context;

	if (sign == SIGN_LOOKS)
		agent->heard = false;
	else if (sign == SIGN_HEARD || sign == SIGN_UNHEARD)
		listener_want(&agent->listener, sign == SIGN_HEARD);
}

/* ---- the end of a run ---- */

/* A run that was ended could not say itself what it saw. */
static void state_unknown(const char *why)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *map = node_map(arena);
	struct text text = text_of(arena);

	node_put(arena, map, "state", node_quoted(arena, "unknown"));
	node_put(arena, map, "why", node_quoted(arena, why));
	node_put(arena, map, "faults", node_list(arena));
	json_write(&text, map, true);
	FILE *file = fopen(STATE_FILE ".new", "we");
	if (!file)
		return;
	bool written = fwrite(text.at, 1, text.size, file) == text.size;
	if (fclose(file) == 0 && written)
		rename(STATE_FILE ".new", STATE_FILE);
}

static int run_ended(sd_event_source *source, const siginfo_t *info, void *context)
{
	struct agent *agent = context;

	(void)source;
	agent->run = 0;
	if (alive_close(&agent->alive))
		state_unknown("the last run was silent for too long and was ended");
	agent_bus_run(&agent->bus, "");
	if (info->si_code == CLD_EXITED)
		sd_notifyf(0, "STATUS=last run exited with %d", info->si_status);
	else
		sd_notifyf(0, "STATUS=last run was ended by signal %d", info->si_status);
	if (agent->ending)
		return sd_event_exit(agent->loop, 0);
	run_start(agent);
	if (agent->heard)
		heard(agent);
	return 0;
}

static int tick(sd_event_source *source, uint64_t now, void *context)
{
	struct agent *agent = context;

	(void)now;
	run_want(agent, REASON_LOOK);
	if (sd_event_source_set_time_relative(source, agent->every * 1000000ULL) < 0)
		return -EIO;
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int settled(sd_event_source *source, uint64_t now, void *context)
{
	struct agent *agent = context;

	(void)source, (void)now;
	run_want(agent, agent->settling);
	agent->settling = REASON_NONE;
	return 0;
}

/* Any file below the folder may be part of the description: an included one, a secret. */
static void changed(void *context)
{
	struct agent *agent = context;

	agent->settling = REASON_CHANGE;
	if (sd_event_source_set_time_relative(agent->settle, SETTLE_SECONDS * 1000000ULL) < 0 ||
	    sd_event_source_set_enabled(agent->settle, SD_EVENT_ONESHOT) < 0)
		run_want(agent, REASON_CHANGE);
}

/* The run is told to stop after the step at hand, and waited for. */
static int asked_to_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	struct agent *agent = context;

	(void)source, (void)info;
	agent->ending = true;
	sd_notify(0, "STOPPING=1");
	if (!agent->run)
		return sd_event_exit(agent->loop, 0);
	kill(agent->run, SIGTERM);
	return 0;
}

static int agent_watch(struct agent *agent)
{
	int error;

	mkdir(DESCRIPTION_FOLDER, 0755);
	if ((error = sd_event_add_signal(agent->loop, NULL, SIGTERM, asked_to_end, agent)) < 0 ||
	    (error = sd_event_add_signal(agent->loop, NULL, SIGINT, asked_to_end, agent)) < 0 ||
	    (error = sd_event_add_time_relative(agent->loop, &agent->tick, CLOCK_BOOTTIME,
						agent->every * 1000000ULL, 0, tick, agent)) < 0 ||
	    (error = sd_event_add_time_relative(agent->loop, &agent->due, CLOCK_MONOTONIC, 0, 0,
						look_due, agent)) < 0 ||
	    (error = sd_event_source_set_enabled(agent->due, SD_EVENT_OFF)) < 0 ||
	    (error = sd_event_add_time_relative(agent->loop, &agent->settle, CLOCK_MONOTONIC, 0, 0,
						settled, agent)) < 0 ||
	    (error = sd_event_source_set_enabled(agent->settle, SD_EVENT_OFF)) < 0 ||
	    (error = folders_watch(&agent->folders, DESCRIPTION_FOLDER)) < 0)
		return error;
	return sd_event_set_watchdog(agent->loop, true);
}

static void options_read(struct agent *agent, int argc, char **argv)
{
	const struct {
		const char *option;
		unsigned *seconds;
	} options[] = { { SILENCE_OPTION, &agent->alive.seconds },
			{ EVERY_OPTION, &agent->every } };

	for (int i = 1; i < argc; i++)
		for (size_t j = 0; j < COUNT_OF(options); j++)
			if (string_starts(argv[i], options[j].option))
				*options[j].seconds = (unsigned)strtoul(
					argv[i] + strlen(options[j].option), NULL, 10);
	if (!agent->every)
		agent->every = LOOK_SECONDS;
}

int agent_main(int argc, char **argv)
{
	struct agent agent = {
		.bus = { .run = "", .want = run_asked, .context = &agent },
		.alive = { .fd = -1, .said = run_said, .context = &agent },
		.listener = { .fd = -1, .heard = heard, .context = &agent },
		.folders = { .besides = NETWORKS_FOLDER, .changed = changed, .context = &agent },
	};
	sigset_t blocked;

	options_read(&agent, argc, argv);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	int error = sd_event_default(&agent.loop);
	agent.folders.loop = agent.alive.loop = agent.listener.loop = agent.loop;
	if (error >= 0)
		error = agent_watch(&agent);
	if (error < 0) {
		complain("cannot watch", -error);
		return EXIT_FAILURE;
	}
	int unheard = agent_bus_open(&agent.bus, agent.loop);
	if (unheard < 0)
		complain("not on the system bus", -unheard);
	sd_notify(0, "READY=1");
	run_want(&agent, REASON_START);
	error = sd_event_loop(agent.loop);
	agent_bus_close(&agent.bus);
	folders_close(&agent.folders);
	alive_close(&agent.alive);
	listener_close(&agent.listener);
	sd_event_source_unref(agent.due);
	sd_event_source_unref(agent.tick);
	sd_event_source_unref(agent.settle);
	sd_event_unref(agent.loop);
	return error < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
