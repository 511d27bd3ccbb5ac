#include "host/read/live_secrets.h"

#include <stdlib.h>
#include <string.h>

#include "host/read/files.h"

static bool folder_look(struct arena *arena, int root, const char *folder, const char *kind,
			struct known_secrets *secrets)
{
	struct host_names names = {};
	struct faults unheard;

	faults_init(&unheard, arena);
	int there = files_list(arena, root, folder, &names, &unheard);
	if (there < 0)
		return false;
	EACH(name, &names.list) {
		const char *path = arena_printf(arena, "%s/%s", folder, *name), *text = NULL;
		size_t size = 0;
		if (files_read(arena, root, path, &text, &size, &unheard) != 1)
			continue;
		*ARRAY_ADD(arena, &secrets->list) = (struct known_secret){
			arena_printf(arena, "%s:%s", kind, *name),
			arena_strndup(arena, text, strcspn(text, "\n")),
		};
	}
	return true;
}

void secrets_look(struct arena *arena, int root, struct known_secrets *ret)
{
	const char *credentials = getenv(CREDENTIALS_VARIABLE);

	*ret = (struct known_secrets){};
	ret->files = folder_look(arena, root, SECRETS_FOLDER, "file", ret);
	ret->credentials = credentials && folder_look(arena, root, credentials, "credential", ret);
}
