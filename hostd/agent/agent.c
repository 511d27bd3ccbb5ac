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
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "host/read/files.h"
#include "host/write/exec.h"
#include "kinds/networks.h"

#define DESCRIPTION_FOLDER "/etc/gasthof"
#define SILENCE_OPTION     "--silence=" /* seconds after which a run hangs */

enum {
	LOOK_SECONDS = 60,  /* between two looks for drift */
	SETTLE_SECONDS = 1, /* a file that is being written is written again soon */
};

/* Why a run is started; the word is its argument. */
enum reason { REASON_NONE, REASON_LOOK, REASON_CHANGE, REASON_START };
static const char *const reasons[] = { NULL, "look", "change", "start" };

struct agent {
	sd_event *loop;
	sd_event_source *tick, *settle;
	enum reason next; /* to be started when the run at hand has ended */
	enum reason settling;
	pid_t run; /* 0: none at hand */
	bool ending;
	struct agent_bus bus;
	struct folders folders;
	struct alive alive;
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
	return 0;
}

static int tick(sd_event_source *source, uint64_t now, void *context)
{
	(void)now;
	run_want(context, REASON_LOOK);
	if (sd_event_source_set_time_relative(source, LOOK_SECONDS * 1000000ULL) < 0)
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
						LOOK_SECONDS * 1000000ULL, 0, tick, agent)) < 0 ||
	    (error = sd_event_add_time_relative(agent->loop, &agent->settle, CLOCK_MONOTONIC, 0, 0,
						settled, agent)) < 0 ||
	    (error = sd_event_source_set_enabled(agent->settle, SD_EVENT_OFF)) < 0 ||
	    (error = folders_watch(&agent->folders, DESCRIPTION_FOLDER)) < 0)
		return error;
	return sd_event_set_watchdog(agent->loop, true);
}

int agent_main(int argc, char **argv)
{
	struct agent agent = {
		.bus = { .run = "", .want = run_asked, .context = &agent },
		.alive = { .fd = -1 },
		.folders = { .besides = NETWORKS_FOLDER, .changed = changed, .context = &agent },
	};
	sigset_t blocked;

	if (argc > 1 && string_starts(argv[1], SILENCE_OPTION))
		agent.alive.seconds = (unsigned)strtoul(argv[1] + strlen(SILENCE_OPTION), NULL, 10);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	int error = sd_event_default(&agent.loop);
	agent.folders.loop = agent.alive.loop = agent.loop;
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
	sd_event_source_unref(agent.tick);
	sd_event_source_unref(agent.settle);
	sd_event_unref(agent.loop);
	return error < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
