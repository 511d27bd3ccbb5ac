#include "command/command.h"

/* Observes and plans; faults are kept in the session.  -1: there is no plan at all. */
static int session_plan(struct session *session, struct journal *journal, struct host *host,
			struct plan *ret_plan)
{
	struct desired *desired = ARENA_NEW(session->arena, struct desired);
	struct items *ledger = ARENA_NEW(session->arena, struct items);
	struct seen *seen = ARENA_NEW(session->arena, struct seen);

	if (session_load(session, 0, desired) < 0 ||
	    journal_ledger(journal, kinds, ledger, &session->faults) < 0)
		return -1;
	seen_observe(seen, session->arena, host, desired, ledger, &session->faults);
	if (plan_make(ret_plan, session->arena, desired, seen, ledger, &session->faults) < 0)
		return 0; /* what is blocked has its faults; the rest is worth showing */
	return 0;
}

static int plan_exit(struct session *session, const struct plan *plan)
{
	if (session->faults.count) {
		output_text.faults(&session->reporter, &session->faults);
		return faults_exit_status(&session->faults);
	}
	bool pending = plan->changes || plan->waiting || plan->forgotten;
	return session->options->exit_code && pending ? EXIT_PENDING : EXIT_DONE;
}

int command_plan(struct session *session)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct host *host = journal ? session_host(session) : NULL;
	struct plan plan = {};

	if (!host || session_plan(session, journal, host, &plan) < 0) {
		host_close(host);
		return session_fail(session);
	}
	session->options->output->plan(&session->reporter, &plan);
	host_close(host);
	return plan_exit(session, &plan);
}

int command_status(struct session *session)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct host *host = journal ? session_host(session) : NULL;
	struct recorded_runs runs = {};
	struct plan plan = {};

	if (!host || session_plan(session, journal, host, &plan) < 0 ||
	    journal_runs(journal, &runs, &session->faults) < 0) {
		host_close(host);
		return session_fail(session);
	}
	session->options->output->status(&session->reporter, &plan, &runs);
	host_close(host);
	return plan_exit(session, &plan);
}

int command_history(struct session *session)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct recorded_runs runs = {};

	if (!journal || journal_runs(journal, &runs, &session->faults) < 0)
		return session_fail(session);
	session->options->output->history(&session->reporter, &runs);
	return EXIT_DONE;
}
