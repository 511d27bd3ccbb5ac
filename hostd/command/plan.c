#include "command/command.h"

int session_plan(struct session *session, const struct desired *desired, struct host *host,
		 struct plan *ret_plan)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct items *ledger = ARENA_NEW(session->arena, struct items);
	struct seen *seen = ARENA_NEW(session->arena, struct seen);

	if (!journal || journal_ledger(journal, desired->kinds, ledger, &session->faults) < 0)
		return -1;
	seen_observe(seen, session->arena, host, desired, ledger, &session->faults);
	if (plan_make(ret_plan, session->arena, desired, seen, ledger, &session->faults) < 0)
		return 0; /* what is blocked has its faults; the rest is worth showing */
	return 0;
}

/* The description named on the command line, planned on this machine or a captured one. */
static int plan_named(struct session *session, struct plan *ret_plan)
{
	struct desired *desired = ARENA_NEW(session->arena, struct desired);

	if (session_load(session, 0, desired) < 0)
		return -1;
	struct host *host = session_host(session);
	if (!host)
		return -1;
	int planned = session_plan(session, desired, host, ret_plan);
	host_close(host);
	return planned;
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
	struct plan plan = {};

	if (plan_named(session, &plan) < 0)
		return session_fail(session);
	session->options->output->plan(&session->reporter, &plan);
	return plan_exit(session, &plan);
}

int command_status(struct session *session)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct recorded_runs runs = {};
	struct plan plan = {};

	if (!journal || plan_named(session, &plan) < 0 ||
	    journal_runs(journal, &runs, &session->faults) < 0)
		return session_fail(session);
	session->options->output->status(&session->reporter, &plan, &runs);
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
