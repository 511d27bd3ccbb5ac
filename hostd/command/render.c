#include <string.h>

#include "command/command.h"

/* "guests/web" -> the item; a single kind is named alone. */
static const struct item *item_named(struct session *session, const struct desired *desired,
				     const char *what)
{
	const char *slash = strchr(what, '/');
	const char *kind =
		slash ? arena_strndup(session->arena, what, (size_t)(slash - what)) : what;
	const struct item *item = desired_find(desired, kind, slash ? slash + 1 : "");

	if (!item)
		fault(&session->faults, FAULT_DESCRIPTION, "the description has no \"%s\"", what);
	return item;
}

int command_render(struct session *session)
{
	struct desired desired = {};
	struct seen seen = { .arena = session->arena };
	struct view view = { &desired, &seen };
	struct text text = text_of(session->arena);

	if (session_load(session, 1, &desired) < 0)
		return session_fail(session);
	const struct item *item = item_named(session, &desired,
					     session_item(session, session->options->arguments[0]));
	if (!item || item->kind->render(item, &view, &text, &session->faults) < 0)
		return session_fail(session);
	fwrite(text.at, 1, text.size, session->reporter.out);
	return EXIT_DONE;
}
