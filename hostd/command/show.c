#include "command/command.h"

int command_show(struct session *session)
{
	struct desired desired = {};

	if (session_load(session, 0, &desired) < 0)
		return session_fail(session);
	unsigned implied = session->options->implied ? PRINT_IMPLIED : 0;
	session->options->output->tree(&session->reporter, desired_print(session->arena, &desired,
									 implied | PRINT_VEILED));
	return EXIT_DONE;
}
