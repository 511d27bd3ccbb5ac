/* check.c - what this machine can do, and whether it can carry a description. */
#include "command/command.h"
#include "command/hardware.h"

/* What merely differs is for plan to tell; here only what cannot be.  Faults go where they do not
 * mix with the report. */
static int check_description(struct session *session, struct host *host)
{
	struct desired desired = {};
	struct plan plan = {};

	if (session_load(session, 0, &desired) == 0)
		(void)!session_plan(session, &desired, host, &plan);
	if (!session->faults.count)
		return EXIT_DONE;
	output_text.faults(&session->reporter, &session->faults);
	return faults_exit_status(&session->faults);
}

int command_check(struct session *session)
{
	const struct output *output = session->options->output;
	struct platform platform = {};
	struct host *host = session_host(session);
	int status = EXIT_DONE;

	if (!host)
		return session_fail(session);
	platform_look(host, session->arena, &platform);
	if (output == &output_text)
		hardware_print(session->reporter.out, session->arena, &platform);
	else
		output->tree(&session->reporter, hardware_tree(session->arena, &platform));
	if (session->options->argument_count)
		status = check_description(session, host);
	host_close(host);
	return status;
}
