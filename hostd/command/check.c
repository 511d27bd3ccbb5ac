/* check.c - what this machine can do, and whether it can carry a description. */
#include "command/command.h"
#include "kinds/platform.h"

static struct node *capability_tree(struct arena *arena, const struct capability *capability)
{
	struct node *map = node_map(arena);

	node_put(arena, map, "id", node_quoted(arena, capability->id));
	node_put(arena, map, "state", node_quoted(arena, capability_state_name(capability->state)));
	node_put(arena, map, "evidence", node_quoted(arena, capability->evidence));
	node_put(arena, map, "needed_for", node_quoted(arena, capability->needed_for));
	node_put(arena, map, "remedy", node_quoted(arena, capability->remedy));
	return map;
}

static struct node *platform_tree(struct arena *arena, const struct platform *platform)
{
	struct node *map = node_map(arena), *list = node_list(arena);

	node_put(arena, map, "processor", node_quoted(arena, platform->model));
	node_put(arena, map, "cpus",
		 node_scalar(arena, arena_printf(arena, "%u", platform->threads)));
	node_put(arena, map, "memory",
		 node_quoted(arena, type_text_of(&type_bytes, &platform->memory, arena)));
	EACH(capability, &platform->capabilities)
		node_append(list, capability_tree(arena, capability));
	node_put(arena, map, "capabilities", list);
	return map;
}

static void platform_text(const struct session *session, const struct platform *platform)
{
	FILE *out = session->reporter.out;

	fprintf(out, "%s, %u processors, %s of memory\n", platform->model, platform->threads,
		type_text_of(&type_bytes, &platform->memory, session->arena));
	EACH(capability, &platform->capabilities) {
		fprintf(out, "  %-17s  %-20s %s (%s)\n", capability_state_name(capability->state),
			capability->id, capability->summary, capability->evidence);
		if (*capability->remedy)
			fprintf(out, "       %-20s %s\n", "", capability->remedy);
	}
}

/* What merely differs is for plan to tell; here only what cannot be. */
static int check_description(struct session *session, struct host *host)
{
	struct desired desired = {};
	struct plan plan = {};

	if (session_load(session, 0, &desired) < 0)
		return session_fail(session);
	if (session_plan(session, &desired, host, &plan) < 0)
		return session_fail(session);
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
		platform_text(session, &platform);
	else
		output->tree(&session->reporter, platform_tree(session->arena, &platform));
	if (session->options->argument_count)
		status = check_description(session, host);
	host_close(host);
	return status;
}
