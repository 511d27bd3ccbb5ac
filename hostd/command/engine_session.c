#include "command/engine_session.h"

static volatile sig_atomic_t cancelled;

static void cancel(int signal_number)
{
	(void)signal_number;
	cancelled = 1;
}

/* A second signal ends the process as it would without us. */
static void cancel_on_signals(void)
{
	struct sigaction action = { .sa_handler = cancel, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int lock(struct session *session, struct journal *journal)
{
	struct faults busy;

	faults_init(&busy, session->arena);
	if (journal_lock(journal, false, &busy) == 0)
		return 0;
	if (busy.first->kind != FAULT_MOVED) {
		faults_move(&session->faults, &busy);
		return -1;
	}
	fputs("waiting for another run to end\n", session->reporter.err);
	return journal_lock(journal, true, &session->faults);
}

int engine_session_open(struct session *session, const char *command, struct engine *ret_engine)
{
	const struct options *options = session->options;
	const struct host_module *module = host_module_load(&session->faults);

	*ret_engine = (struct engine){
		.arena = session->arena,
		.command = command,
		.allow = options->allow,
		.hash = options->plan_hash,
		.watcher = watcher_text(&session->reporter),
		.cancel = &cancelled,
	};
	if (!module)
		return -1;
	ret_engine->journal = journal_open(session->arena, options->state, true, &session->faults);
	if (!ret_engine->journal || lock(session, ret_engine->journal) < 0)
		return -1;
	cancel_on_signals();
	ret_engine->host = module->open_live(session->arena, &session->faults);
	if (!ret_engine->host)
		return -1;
	ret_engine->performer = module->open_performer(session->arena, &session->faults);
	return ret_engine->performer ? 0 : -1;
}

void engine_session_close(struct engine *engine)
{
	if (engine->performer)
		engine->performer->close(engine->performer);
	host_close(engine->host);
	journal_close(engine->journal);
}
