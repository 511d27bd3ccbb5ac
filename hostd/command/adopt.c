#include <string.h>

#include "command/engine_session.h"

/* "guests/web": one item; "guests": every one of the kind; "all". */
static int adoption_of(struct session *session, const char *what, const struct desired *desired,
		       struct adoption *ret)
{
	const char *slash = strchr(what, '/');
	const char *path =
		slash ? arena_strndup(session->arena, what, (size_t)(slash - what)) : what;

	*ret = (struct adoption){};
	if (strcmp(what, "all") == 0)
		return 0;
	ret->kind = kind_find(desired->kinds, path);
	ret->name = slash ? slash + 1 : NULL;
	if (!ret->kind) {
		(void)fault(&session->faults, FAULT_DESCRIPTION, "there is no kind \"%s\"", path);
		fault_hint(&session->faults,
			   "what is taken over is said as guests/web, guests, or all");
		return -1;
	}
	if (ret->kind->adopt != ADOPT_ASK)
		return fault(&session->faults, FAULT_REFUSED,
			     "%s need not be taken over: what is described of them is managed",
			     path);
	if (!slash || desired_find(desired, path, slash + 1))
		return 0;
	(void)fault(&session->faults, FAULT_DESCRIPTION, "the description has no \"%s\"", what);
	fault_hint(&session->faults, "gasthof export %s says what to put there", what);
	return -1;
}

int command_adopt(struct session *session)
{
	struct engine engine = {};
	struct engine_result result = {};
	struct desired desired = {};
	struct adoption adoption = {};

	if (session_load(session, 1, &desired) < 0 ||
	    adoption_of(session, session_item(session, session->options->arguments[0]), &desired,
			&adoption) < 0)
		return session_fail(session);
	if (engine_session_open(session, "adopt", &engine) < 0) {
		engine_session_close(&engine);
		return session_fail(session);
	}
	engine.desired = &desired;
	engine.adoption = &adoption;
	int adopted = engine_apply(&engine, &result, &session->faults);
	engine_session_close(&engine);
	session->options->output->result(&session->reporter, &result, &session->faults);
	if (session->faults.count)
		return faults_exit_status(&session->faults);
	return adopted < 0 || result.status != RUN_DONE ? EXIT_FAILED : EXIT_DONE;
}
