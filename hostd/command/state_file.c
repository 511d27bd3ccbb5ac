#include "command/state_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/json.h"

static const char *state_word(const struct session *session, const struct plan *plan)
{
	if (!plan)
		return session->faults.count ? "faulty" : "unknown";
	if (session->faults.count || plan->blocked)
		return "faulty";
	if (plan->changes || plan->forgotten)
		return "differs";
	return plan->waiting ? "waits" : "as wanted";
}

void state_write(struct session *session, const struct plan *plan, const char *why)
{
	struct arena *arena = session->arena;
	struct node *map = node_map(arena);
	struct text text = text_of(arena);

	node_put(arena, map, "state", node_quoted(arena, state_word(session, plan)));
	if (why)
		node_put(arena, map, "why", node_quoted(arena, why));
	if (plan)
		node_put(arena, map, "plan", plan_tree(arena, plan, false));
	node_put(arena, map, "faults", faults_tree(arena, &session->faults));
	json_write(&text, map, true);
	mkdir("/run/gasthof", 0755);
	FILE *file = fopen(STATE_FILE ".new", "we");
	if (!file)
		return;
	bool written = fwrite(text.at, 1, text.size, file) == text.size;
	if (fclose(file) == 0 && written)
		rename(STATE_FILE ".new", STATE_FILE);
}

const struct node *state_read(struct session *session)
{
	enum { MOST = 4 * 1024 * 1024 };
	struct faults ignored;
	struct node *root = NULL;
	FILE *file = fopen(STATE_FILE, "re");

	if (!file)
		return NULL;
	char *text = arena_alloc(session->arena, MOST);
	size_t size = fread(text, 1, MOST - 1, file);
	fclose(file);
	faults_init(&ignored, session->arena);
	return json_read(session->arena, text, size, &root, &ignored) < 0 ? NULL : root;
}
