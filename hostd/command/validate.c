#include "command/command.h"

/* Each file is a description of its own; the faults of all of them are shown. */
int command_validate(struct session *session)
{
	for (int i = 0; i < session->options->argument_count; i++) {
		struct desired desired = {};
		unsigned before = session->faults.count;
		if (session_load(session, i, &desired) == 0 && before == session->faults.count &&
		    session->options->output == &output_text)
			fprintf(session->reporter.out, "%s: valid, %zu item%s\n",
				session->options->arguments[i], desired.items.list.count,
				desired.items.list.count == 1 ? "" : "s");
	}
	return session->faults.count ? session_fail(session) : EXIT_DONE;
}
