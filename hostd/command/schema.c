#include "command/command.h"
#include "resource/describe.h"

int command_schema(struct session *session)
{
	const struct output *output = session->options->output;

	if (output == &output_text)
		output = &output_json;
	output->tree(&session->reporter, desired_schema(session->arena, kinds));
	return EXIT_DONE;
}
