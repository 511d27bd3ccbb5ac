#include <signal.h>
#include <stdlib.h>

#include "command/command.h"

static volatile sig_atomic_t cancelled;

static void cancel(int signal_number)
{
	(void)signal_number;
	cancelled = 1;
}

/* The first signal ends the run after the step at hand. */
static void cancel_on_signals(void)
{
	struct sigaction action = { .sa_handler = cancel, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Everything a changing run needs, opened and locked. */
static int engine_open(struct session *session, const char *command, struct engine *engine)
{
	const struct options *options = session->options;
	const struct host_module *module = host_module_load(&session->faults);

	if (!module)
		return -1;
	*engine = (struct engine){
		.arena = session->arena,
		.command = command,
		.allow = options->allow,
		.hash = options->plan_hash,
		.watcher = watcher_text(&session->reporter),
		.cancel = &cancelled,
	};
	engine->journal = journal_open(session->arena, options->state, true, &session->faults);
	if (!engine->journal || journal_lock(engine->journal, &session->faults) < 0)
		return -1;
	engine->host = module->open_live(session->arena, &session->faults);
	engine->performer =
		engine->host ? module->open_performer(session->arena, &session->faults) : NULL;
	cancel_on_signals();
	return engine->performer ? 0 : -1;
}

static void engine_close(struct engine *engine)
{
	if (engine->performer)
		engine->performer->close(engine->performer);
	host_close(engine->host);
	journal_close(engine->journal);
}

static int session_result(struct session *session, const struct engine_result *result)
{
	session->options->output->result(&session->reporter, result, &session->faults);
	if (session->faults.count)
		return faults_exit_status(&session->faults);
	return result->status == RUN_DONE ? EXIT_DONE : EXIT_FAILED;
}

int command_apply(struct session *session)
{
	struct engine engine = {};
	struct engine_result result = {};
	struct desired desired = {};

	if (session_load(session, 0, &desired) < 0)
		return session_fail(session);
	if (engine_open(session, "apply", &engine) < 0) {
		engine_close(&engine);
		return session_fail(session);
	}
	engine.desired = &desired;
	int applied = engine_apply(&engine, &result, &session->faults);
	if (applied == 0 && journal_hold(engine.journal, NULL, &session->faults) < 0)
		applied = -1;
	engine_close(&engine);
	int status = session_result(session, &result);
	return applied < 0 && status == EXIT_DONE ? EXIT_FAILED : status;
}

/* The agent leaves the machine alone until the description is another than the one in
 * force now. */
static int hold(struct session *session, struct journal *journal)
{
	struct desired desired = {};
	struct faults ignored;
	struct text text = text_of(session->arena);

	faults_init(&ignored, session->arena);
	if (desired_load(&desired, &session->sources, kinds, DESCRIPTION_PATH, &ignored) == 0)
		node_write_yaml(&text, desired.root);
	return journal_hold(journal, text.at, &session->faults);
}

int command_rollback(struct session *session)
{
	const char *which = session_argument(session, 0, "0");
	struct engine engine = {};
	struct engine_result result = {};
	char *end = NULL;
	unsigned long number = strtoul(which, &end, 10);

	if (*end || (number == 0 && session->options->argument_count)) {
		fault(&session->faults, FAULT_REFUSED, "\"%s\" is not the number of a run", which);
		return session_fail(session);
	}
	if (engine_open(session, "rollback", &engine) < 0) {
		engine_close(&engine);
		return session_fail(session);
	}
	int undone = engine_rollback(&engine, (unsigned)number, &result, &session->faults);
	if (undone == 0)
		undone = hold(session, engine.journal);
	engine_close(&engine);
	int status = session_result(session, &result);
	return undone < 0 && status == EXIT_DONE ? EXIT_FAILED : status;
}
