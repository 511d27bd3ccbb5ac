#include <string.h>

#include "command/command.h"

/* All there is, as a description. */
static int describe(struct session *session, struct described *ret)
{
	JOURNAL_AUTO struct journal *journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	struct items *ledger = ARENA_NEW(session->arena, struct items);
	struct seen *seen = ARENA_NEW(session->arena, struct seen);

	if (!journal || journal_ledger(journal, kinds, ledger, &session->faults) < 0)
		return -1;
	struct host *host = session_host(session);
	if (!host)
		return -1;
	seen_observe_all(seen, session->arena, host, kinds, ledger, &session->faults);
	int told = plan_describe(ret, session->arena, kinds, seen, ledger, &session->faults);
	host_close(host);
	return told;
}

/* "guests/web", "guests", NULL: everything. */
static bool is_meant(const struct item *item, const char *what)
{
	size_t size = strlen(item->kind->path);

	if (!what)
		return true;
	if (strncmp(what, item->kind->path, size) != 0)
		return false;
	return !what[size] || (what[size] == '/' && strcmp(what + size + 1, item->name) == 0);
}

static int choose(struct session *session, const struct described *described, struct items *chosen)
{
	const char *said = session_argument(session, 0, NULL);
	const char *what = said ? session_item(session, said) : NULL;

	*chosen = (struct items){ .arena = session->arena };
	EACH(item, &described->desired.items.list)
		if (is_meant(*item, what))
			items_put(chosen, *item);
	if (what && !chosen->list.count)
		return fault(&session->faults, FAULT_HOST, "there is no %s on this host", what);
	return 0;
}

/* In the description itself, where that can hold them. */
static void notes_print(struct session *session, const struct described *described)
{
	bool text = session->options->output != &output_json;
	FILE *out = text ? session->reporter.out : session->reporter.err;

	EACH(note, &described->notes)
		fprintf(out, "%s%s\n", text ? "# " : "gasthof export: ", *note);
}

int command_export(struct session *session)
{
	struct described described = {};
	struct items chosen = {};

	if (describe(session, &described) < 0 || choose(session, &described, &chosen) < 0)
		return session_fail(session);
	described.desired.items = chosen;
	notes_print(session, &described);
	session->options->output->tree(
		&session->reporter,
		desired_print(session->arena, &described.desired, PRINT_SECRETS));
	return EXIT_DONE;
}
