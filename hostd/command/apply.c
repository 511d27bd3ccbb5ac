#include <stdlib.h>

#include "command/engine_session.h"

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
	if (engine_session_open(session, "apply", &engine) < 0) {
		engine_session_close(&engine);
		return session_fail(session);
	}
	engine.desired = &desired;
	engine.partial = session->options->partial;
	int applied = engine_apply(&engine, &result, &session->faults);
	if (applied == 0 && journal_hold(engine.journal, NULL, &session->faults) < 0)
		applied = -1;
	engine_session_close(&engine);
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
	if (engine_session_open(session, "rollback", &engine) < 0) {
		engine_session_close(&engine);
		return session_fail(session);
	}
	int undone = engine_rollback(&engine, (unsigned)number, &result, &session->faults);
	if (undone == 0)
		undone = hold(session, engine.journal);
	engine_session_close(&engine);
	int status = session_result(session, &result);
	return undone < 0 && status == EXIT_DONE ? EXIT_FAILED : status;
}
