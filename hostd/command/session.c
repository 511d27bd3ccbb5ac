#include <string.h>

#include "command/command.h"

#include <unistd.h>

const char *session_argument(const struct session *session, int index, const char *otherwise)
{
	const struct options *options = session->options;

	return index < options->argument_count ? options->arguments[index] : otherwise;
}

const char *session_item(const struct session *session, const char *what)
{
	const char *found = what;
	size_t longest = 0;

	if (strchr(what, '/') || kind_find(kinds, what))
		return what;
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		size_t size = strlen((*kind)->path);
		if (size <= longest || strncmp(what, (*kind)->path, size) != 0 || what[size] != '.')
			continue;
		longest = size;
		found = arena_printf(session->arena, "%s/%s", (*kind)->path, what + size + 1);
	}
	return found;
}

int session_fail(struct session *session)
{
	session->options->output->faults(&session->reporter, &session->faults);
	return faults_exit_status(&session->faults);
}

int session_load(struct session *session, int index, struct desired *ret_desired)
{
	const char *path = session_argument(session, index, NULL);

	if (desired_load(ret_desired, &session->sources, kinds, path ? path : DESCRIPTION_PATH,
			 &session->faults) == 0)
		return 0;
	if (!path && access(DESCRIPTION_PATH, F_OK) != 0)
		fault_hint(&session->faults, "describe this host there, or name a file; gasthof "
					     "export prints what is there as a description");
	return -1;
}

struct host *session_host(struct session *session)
{
	const char *root = session->options->root;

	if (root)
		return host_open_captured(session->arena, root, &session->faults);
	const struct host_module *module = host_module_load(&session->faults);
	return module ? module->open_live(session->arena, &session->faults) : NULL;
}
