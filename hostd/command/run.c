/* run.c - what the agent starts: one look at the host, and what follows from it.
 *
 *	gasthof run start|change|look
 *
 * At start and after a change the description is applied; a look repairs drift or reports
 * it, as `agent:` in the description says.  What a person took back stays so until the
 * description changes.  The state goes to /run/gasthof/status.json either way.
 *
 * A second argument is the number of a socket on which the agent waits for signs that the run
 * goes on, and tells what it heard since the run before (agent/alive.h).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/agent.h"
#include "command/command.h"
#include "command/engine_session.h"
#include "command/state_file.h"
#include "kinds/agent.h"

/* ---- signs for the agent ---- */

struct signing {
	struct watcher watcher;
	struct watcher *inner;
	int fd; /* -1: nobody waits for them */
};

static void sign(const struct signing *signing, char what)
{
	if (signing->fd >= 0 && send(signing->fd, &what, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return; /* full: then the agent has enough to read */
}

static struct watcher *inner(struct watcher *watcher)
{
	struct signing *signing = (struct signing *)watcher;

	sign(signing, SIGN_GOES_ON);
	return signing->inner;
}

/* Whether it is of use to listen to libvirt. */
static void sign_plan(const struct signing *signing, const struct plan *plan)
{
	sign(signing, plan_is_heard(plan) ? SIGN_HEARD : SIGN_UNHEARD);
}

static void sign_looks(struct watcher *watcher)
{
	struct signing *signing = (struct signing *)watcher;

	sign(signing, SIGN_LOOKS);
	signing->inner->looks(signing->inner);
}

static void sign_planned(struct watcher *watcher, const struct plan *plan, unsigned round)
{
	struct signing *signing = (struct signing *)watcher;

	sign_plan(signing, plan);
	signing->inner->planned(signing->inner, plan, round);
}

static void sign_begins(struct watcher *watcher, const char *item, const struct step *step)
{
	struct watcher *told = inner(watcher);

	told->step_begins(told, item, step);
}

static void sign_moves(struct watcher *watcher, uint64_t done, uint64_t total)
{
	struct watcher *told = inner(watcher);

	told->step_moves(told, done, total);
}

static void sign_ends(struct watcher *watcher, const char *item, const struct step *step,
		      const struct outcome *outcome, const char *failure)
{
	struct watcher *told = inner(watcher);

	told->step_ends(told, item, step, outcome, failure);
}

/* From now on: the lock is ours, and what is silent hangs. */
static struct signing *signing_new(struct session *session, struct watcher *told)
{
	struct signing *signing = ARENA_NEW(session->arena, struct signing);
	const char *number = session_argument(session, 1, NULL);

	signing->watcher =
		(struct watcher){ sign_looks, sign_planned, sign_begins, sign_moves, sign_ends };
	signing->inner = told;
	signing->fd = number ? (int)strtol(number, NULL, 10) : -1;
	sign(signing, SIGN_GOES_ON);
	return signing;
}

/* What the agent heard of devices is noted before anybody looks. */
static void take_news(struct session *session, const struct signing *signing)
{
	const struct host_module *module = host_module_load(&session->faults);
	struct text news = text_of(session->arena);
	char bytes[4096];

	for (ssize_t size; (size = recv(signing->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0;)
		text_add_bytes(&news, bytes, (size_t)size);
	if (module && news.size)
		module->heard(session->arena, news.at);
}

/* ---- the run ---- */

/* Which classes the description lets the agent use by itself. */
static unsigned classes_allowed(const struct agent_settings *settings)
{
	unsigned allow = 0;

	for (size_t i = 0; i < settings->allow.count; i++) {
		int class = class_of(settings->allow.at[i]);
		allow |= class < 0 ? 0 : 1u << class;
	}
	return allow;
}

static const struct agent_settings *settings_of(struct session *session,
						const struct desired *desired)
{
	const struct item *item = desired_find(desired, "agent", "");

	return item ? item->value : record_new(session->arena, &agent_record);
}

/* 1: a rollback took this very description back. */
static int is_held(struct session *session, const struct desired *desired)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct text text = text_of(session->arena);

	if (!journal)
		return -1;
	node_write_yaml(&text, desired->root);
	return journal_held(journal, text.at, &session->faults);
}

static int look_only(struct session *session, const struct signing *signing,
		     const struct desired *desired, const char *why)
{
	struct plan plan = {};
	struct host *host = session_host(session);

	if (!host)
		return -1;
	sign(signing, SIGN_LOOKS);
	int planned = session_plan(session, desired, host, &plan);
	if (planned == 0) {
		sign_plan(signing, &plan);
		state_write(session, &plan, why);
	}
	host_close(host);
	return planned;
}

static int apply(struct session *session, struct engine *engine, const struct desired *desired,
		 unsigned allow)
{
	struct engine_result result = {};

	engine->desired = desired;
	engine->allow = allow;
	engine->partial = true;
	int applied = engine_apply(engine, &result, &session->faults);
	if (result.run || session->faults.count)
		output_text.result(&session->reporter, &result, &session->faults);
	state_write(session, &result.plan, NULL);
	return applied;
}

static int run_locked(struct session *session, struct engine *engine, const struct signing *signing,
		      const char *reason)
{
	struct desired desired = {};

	if (desired_load(&desired, &session->sources, kinds, DESCRIPTION_PATH, &session->faults) <
	    0) {
		state_write(session, NULL, "the description is wrong");
		output_text.faults(&session->reporter, &session->faults);
		return EXIT_DESCRIPTION;
	}
	const struct agent_settings *settings = settings_of(session, &desired);
	bool reports = strcmp(reason, "look") == 0 && strcmp(settings->drift, "report") == 0;
	int held = is_held(session, &desired);
	int done = held < 0  ? -1
		   : held    ? look_only(session, signing, &desired,
					 "a rollback took this description back")
		   : reports ? look_only(session, signing, &desired, NULL)
			     : apply(session, engine, &desired, classes_allowed(settings));
	if (done < 0 && held < 0)
		state_write(session, NULL, "the journal cannot be read");
	return done < 0 || session->faults.count ? EXIT_FAILED : EXIT_DONE;
}

/* The lock comes first: who waited for a rollback to end must see its hold, and who waited for
 * a person's apply the description that was applied. */
int command_run(struct session *session)
{
	struct engine engine = {};
	int status = EXIT_FAILED;

	if (engine_session_open(session, "agent", &engine) == 0) {
		struct signing *signing = signing_new(session, engine.watcher);
		engine.watcher = &signing->watcher;
		take_news(session, signing);
		status =
			run_locked(session, &engine, signing, session_argument(session, 0, "look"));
	} else {
		state_write(session, NULL, "the agent cannot work");
		output_text.faults(&session->reporter, &session->faults);
	}
	engine_session_close(&engine);
	return status;
}
