#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "formats/veil.h"
#include "resource/desired.h"

enum { IMPORT_BYTES_MAX = 4 * 1024 * 1024 };

static int text_read(struct session *session, const char *path, const char **ret_text)
{
	struct text text = text_of(session->arena);
	char buffer[8192];
	FILE *file = fopen(path, "re");

	if (!file)
		return fault(&session->faults, FAULT_HOST, "%s cannot be opened: %m", path);
	for (size_t size; (size = fread(buffer, 1, sizeof(buffer), file)) > 0;) {
		text_add_bytes(&text, buffer, size);
		if (text.size > IMPORT_BYTES_MAX)
			break;
	}
	bool failed = ferror(file);
	fclose(file);
	if (failed || text.size > IMPORT_BYTES_MAX)
		return fault(&session->faults, FAULT_HOST, "%s is no file of a few megabytes",
			     path);
	*ret_text = text.size ? text.at : "";
	return 0;
}

/* The first kind that knows what it is. */
static int text_import(struct session *session, struct items *items, const char *text)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		int found = (*kind)->import ? (*kind)->import(items, text, &session->faults) : 0;
		if (found)
			return found;
	}
	return 0;
}

int command_import(struct session *session)
{
	const char *path = session->options->arguments[0], *text = "";
	struct desired desired = { .arena = session->arena,
				   .kinds = kinds,
				   .items.arena = session->arena };
	struct text yaml = text_of(session->arena);

	if (text_read(session, path, &text) < 0)
		return session_fail(session);
	int found = text_import(session, &desired.items, text);
	if (!found)
		fault(&session->faults, FAULT_HOST, "%s is nothing that can be imported", path);
	if (found <= 0)
		return session_fail(session);
	node_write_yaml(&yaml, desired_print(session->arena, &desired, 0));
	fwrite(yaml.at, 1, yaml.size, session->reporter.out);
	if (veil(session->arena, yaml.at) != yaml.at)
		fputs("gasthof import: there is a password in it; put it in a file below "
		      "/etc/gasthof/secrets\nand write password: {file: NAME} instead\n",
		      session->reporter.err);
	return EXIT_DONE;
}
