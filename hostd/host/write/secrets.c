#include "host/write/secrets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "host/read/files.h"
#include "host/read/live_secrets.h"
#include "host/write/place.h"

const char *secrets_hide(struct write *write, const char *xml, struct faults *faults)
{
	FILES_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct known_secrets known = {};

	if (root >= 0)
		secrets_look(write->arena, root, &known);
	return domain_hide(write->arena, xml, &known, faults);
}

/* A file of root's below /etc/gasthof/secrets, or a credential of the agent's service; the line end
 * behind it is none of it. */
static int secret_read(void *context, const char *where, const char **ret, struct faults *faults)
{
	struct arena *arena = ((struct write *)context)->arena;
	const char *name = strchr(where, ':') + 1, *folder = SECRETS_FOLDER;
	PLACE struct place place = { -1 };
	struct host_file file = {};
	size_t size = 0;

	if (string_starts(where, "credential:"))
		folder = getenv(CREDENTIALS_VARIABLE);
	if (!folder)
		return fault(faults, FAULT_HOST, "there are no credentials for \"%s\"", name);
	const char *path = arena_printf(arena, "%s/%s", folder, name);
	int there = place_open(arena, path, 0, &place, faults);
	if (there == 1)
		there = place_read(arena, &place, &file, ret, &size, faults);
	if (there == 0)
		return fault(faults, FAULT_HOST, "the secret %s is not there", path);
	if (there == 1)
		*ret = arena_strndup(arena, *ret, strcspn(*ret, "\n"));
	return there < 0 ? -1 : 0;
}

int secrets_show(struct write *write, const char *xml, const char *secure, const char **ret,
		 struct faults *faults)
{
	struct text revealed = text_of(write->arena), shown = text_of(write->arena);

	if (domain_reveal(&revealed, xml, secret_read, write, faults) < 0 ||
	    domain_unhide(&shown, revealed.at, secure, faults) < 0)
		return -1;
	*ret = shown.at;
	return 0;
}
